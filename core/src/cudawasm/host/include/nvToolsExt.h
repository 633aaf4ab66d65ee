// NVIDIA's marks for profilers, by another name.
#pragma once
#include "nvtx3/nvToolsExt.h"
