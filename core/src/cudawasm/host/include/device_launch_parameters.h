// Nothing of its own for host code.
#pragma once
#define __DEVICE_LAUNCH_PARAMETERS_H__
#include "cuda_runtime.h"
