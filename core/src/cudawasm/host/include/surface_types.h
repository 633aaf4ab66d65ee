// Nothing of its own for host code.
#pragma once
#include "cuda_texture_types.h"
