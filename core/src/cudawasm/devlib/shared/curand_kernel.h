// cuRAND's device functions: generators, and numbers of distributions. Both halves of a program read them.
#ifndef CURAND_KERNEL_H_
#define CURAND_KERNEL_H_
#ifndef __CUDA_ARCH__
#include <cmath>
#endif
#include <curand.h>
#include <curand/discrete.h>
#include <curand/mrg32k3a.h>
#include <curand/normal.h>
#include <curand/philox.h>
#include <curand/poisson.h>
#include <curand/sobol.h>
#include <curand/uniform.h>
#include <curand/xorwow.h>
#endif
