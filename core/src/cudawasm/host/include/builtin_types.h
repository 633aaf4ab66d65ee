// CUDA's types by the name of old.
#pragma once
#include "cuda_runtime.h"
