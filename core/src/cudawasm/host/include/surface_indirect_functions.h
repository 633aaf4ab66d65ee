// Nothing of its own for host code.
#pragma once
#include "cuda_runtime.h"
