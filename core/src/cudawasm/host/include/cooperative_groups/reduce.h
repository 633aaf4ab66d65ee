// Nothing of its own for host code.
#pragma once
#include <cooperative_groups.h>
