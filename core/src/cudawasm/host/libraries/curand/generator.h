// A generator, as the library knows it.
#pragma once
#include <curand.h>

struct curandGenerator_st {
    curandRngType_t type;
    bool is_on_host;
    curandOrdering_t order;
    cudaStream_t stream = nullptr;
    unsigned long long seed = 0, offset = 0;
    unsigned int dimensions = 1;

    bool is_ready = false;         // the members below follow from those above
    unsigned long long drawn = 0;  // items since `offset`: numbers, or pairs where states take turns
    void* states = nullptr;        // in memory of where it generates: states, or direction vectors
    curandDiscreteDistribution_t table = nullptr;
    double table_mean = 0;

    // Settings have changed. As in cuRAND the sequence goes on where it is, but for a new offset.
    void change() {
        offset += drawn;
        drawn = 0;
        is_ready = false;
    }
    bool is_quasi() const { return type >= CURAND_RNG_QUASI_DEFAULT; }
    bool is_64_bit() const { return type == CURAND_RNG_QUASI_SOBOL64; }
};

// Ends a call whose status is not success.
#define TRY(call)                                                              \
    do {                                                                       \
        const curandStatus_t status_ = (call);                                 \
        if (status_ != CURAND_STATUS_SUCCESS) return status_;                  \
    } while (0)

// Says why the library cannot do what cuRAND can.
curandStatus_t refused(const char* what, curandStatus_t status);

// Memory of where a generator's numbers are.
curandStatus_t allocate(bool is_on_host, size_t bytes, void** memory);
void release(bool is_on_host, void* memory);
curandStatus_t fill(bool is_on_host, void* memory, const void* from, size_t bytes);

// A table of the Poisson distribution, for a generator or a program's kernels.
curandStatus_t make_poisson_table(double mean, bool is_on_host, curandDiscreteDistribution_t* table);

constexpr unsigned int most_dimensions = 512, cuda_dimensions = 20000;
const curandDirectionVectors32_t* direction_vectors32();
const curandDirectionVectors64_t* direction_vectors64();
