// NVIDIA's marks for profilers, by another name.
#pragma once
#include "nvToolsExt.h"
