// Numbers in a generator's order.
#pragma once
#include "generator.h"

// Makes a generator's states, where its settings have changed.
curandStatus_t prepare(curandGenerator_st& g);

curandStatus_t generate_bits(curandGenerator_st& g, unsigned int* out, size_t n);
curandStatus_t generate_bits(curandGenerator_st& g, unsigned long long* out, size_t n);
curandStatus_t generate_uniform(curandGenerator_st& g, float* out, size_t n);
curandStatus_t generate_uniform(curandGenerator_st& g, double* out, size_t n);
curandStatus_t generate_normal(curandGenerator_st& g, float* out, size_t n, float mean, float stddev);
curandStatus_t generate_normal(curandGenerator_st& g, double* out, size_t n, double mean, double stddev);
curandStatus_t generate_log_normal(curandGenerator_st& g, float* out, size_t n, float mean, float stddev);
curandStatus_t generate_log_normal(curandGenerator_st& g, double* out, size_t n, double mean, double stddev);
curandStatus_t generate_poisson(curandGenerator_st& g, unsigned int* out, size_t n, double mean);
