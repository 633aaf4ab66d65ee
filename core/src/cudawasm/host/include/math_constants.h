// The constants of device code, for host code.
#pragma once
#include "../../devlib/include/math_constants.h"
