#pragma once
void report(const char* name);
