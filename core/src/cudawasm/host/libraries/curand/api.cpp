// cuRAND's calls: what they are given is checked as cuRAND does.
#include <new>

#include "generate.h"

namespace {
// The type that a request for a default means.
curandRngType_t resolved(curandRngType_t type) {
    if (type == CURAND_RNG_PSEUDO_DEFAULT) return CURAND_RNG_PSEUDO_XORWOW;
    if (type == CURAND_RNG_QUASI_DEFAULT) return CURAND_RNG_QUASI_SOBOL32;
    return type;
}

curandStatus_t create(curandGenerator_t* generator, curandRngType_t wanted, bool is_on_host) {
    const curandRngType_t type = resolved(wanted);
    switch (type) {
        case CURAND_RNG_PSEUDO_XORWOW:
        case CURAND_RNG_PSEUDO_MRG32K3A:
        case CURAND_RNG_PSEUDO_PHILOX4_32_10:
        case CURAND_RNG_QUASI_SOBOL32:
        case CURAND_RNG_QUASI_SOBOL64: break;
        case CURAND_RNG_PSEUDO_MTGP32:
        case CURAND_RNG_PSEUDO_MT19937:
            return refused("there are no Mersenne Twisters (MTGP32, MT19937)", CURAND_STATUS_TYPE_ERROR);
        case CURAND_RNG_QUASI_SCRAMBLED_SOBOL32:
        case CURAND_RNG_QUASI_SCRAMBLED_SOBOL64:
            return refused("there are no generators of scrambled Sobol sequences", CURAND_STATUS_TYPE_ERROR);
        default: return CURAND_STATUS_TYPE_ERROR;
    }
    auto made = new (std::nothrow) curandGenerator_st;
    if (!made) return CURAND_STATUS_ALLOCATION_FAILED;
    made->type = type;
    made->is_on_host = is_on_host;
    made->order = made->is_quasi() ? CURAND_ORDERING_QUASI_DEFAULT : CURAND_ORDERING_PSEUDO_DEFAULT;
    *generator = made;
    return CURAND_STATUS_SUCCESS;
}

// Whether a call for 32 bits, or for numbers made of bits, suits a generator.
curandStatus_t checked(curandGenerator_t g, bool is_suitable = true) {
    if (!g) return CURAND_STATUS_NOT_INITIALIZED;
    return is_suitable ? CURAND_STATUS_SUCCESS : CURAND_STATUS_TYPE_ERROR;
}

curandStatus_t checked_set(curandDirectionVectorSet_t set, curandDirectionVectorSet_t plain,
                           curandDirectionVectorSet_t scrambled) {
    if (set == scrambled) return refused("there are no scrambled direction vectors", CURAND_STATUS_OUT_OF_RANGE);
    return set == plain ? CURAND_STATUS_SUCCESS : CURAND_STATUS_OUT_OF_RANGE;
}
template <typename Vectors> curandStatus_t given(Vectors** vectors, const Vectors* found) {
    *vectors = const_cast<Vectors*>(found);
    return found ? CURAND_STATUS_SUCCESS : CURAND_STATUS_INITIALIZATION_FAILED;
}

bool is_pseudo_order(curandOrdering_t order) {
    return order >= CURAND_ORDERING_PSEUDO_BEST && order <= CURAND_ORDERING_PSEUDO_DYNAMIC;
}
}  // namespace

extern "C" {
curandStatus_t curandCreateGenerator(curandGenerator_t* generator, curandRngType_t type) {
    return create(generator, type, false);
}
curandStatus_t curandCreateGeneratorHost(curandGenerator_t* generator, curandRngType_t type) {
    return create(generator, type, true);
}
curandStatus_t curandDestroyGenerator(curandGenerator_t g) {
    TRY(checked(g));
    if (!g->is_on_host) cudaStreamSynchronize(g->stream);
    release(g->is_on_host, g->states);
    release(g->is_on_host, g->table);
    delete g;
    return CURAND_STATUS_SUCCESS;
}
curandStatus_t curandGetVersion(int* version) {
    *version = CURAND_VERSION;
    return CURAND_STATUS_SUCCESS;
}
curandStatus_t curandGetProperty(libraryPropertyType type, int* value) {
    const int parts[] = {CURAND_VER_MAJOR, CURAND_VER_MINOR, CURAND_VER_PATCH};
    if (type > PATCH_LEVEL) return CURAND_STATUS_OUT_OF_RANGE;
    *value = parts[type];
    return CURAND_STATUS_SUCCESS;
}
curandStatus_t curandSetStream(curandGenerator_t g, cudaStream_t stream) {
    TRY(checked(g));
    g->stream = stream;
    return CURAND_STATUS_SUCCESS;
}
curandStatus_t curandSetPseudoRandomGeneratorSeed(curandGenerator_t g, unsigned long long seed) {
    TRY(checked(g, g && !g->is_quasi()));
    if (g->type == CURAND_RNG_PSEUDO_PHILOX4_32_10 && g->drawn) {  // cuRAND goes on at a place that is not known
        return refused("a Philox generator that has made numbers needs an offset before another seed",
                       CURAND_STATUS_INTERNAL_ERROR);
    }
    g->seed = seed;
    g->change();
    return CURAND_STATUS_SUCCESS;
}
curandStatus_t curandSetGeneratorOffset(curandGenerator_t g, unsigned long long offset) {
    TRY(checked(g));
    g->change();
    g->offset = offset;
    return CURAND_STATUS_SUCCESS;
}
curandStatus_t curandSetGeneratorOrdering(curandGenerator_t g, curandOrdering_t order) {
    TRY(checked(g));
    if (g->is_quasi() ? order != CURAND_ORDERING_QUASI_DEFAULT : !is_pseudo_order(order)) return CURAND_STATUS_OUT_OF_RANGE;
    if (order == CURAND_ORDERING_PSEUDO_SEEDED) {
        if (g->type != CURAND_RNG_PSEUDO_XORWOW) return CURAND_STATUS_OUT_OF_RANGE;
        return refused("there is no order CURAND_ORDERING_PSEUDO_SEEDED", CURAND_STATUS_OUT_OF_RANGE);
    }
    g->order = order;
    g->change();
    return CURAND_STATUS_SUCCESS;
}
curandStatus_t curandSetQuasiRandomGeneratorDimensions(curandGenerator_t g, unsigned int dimensions) {
    TRY(checked(g, g && g->is_quasi()));
    if (dimensions == 0 || dimensions > cuda_dimensions) return CURAND_STATUS_OUT_OF_RANGE;
    if (dimensions > most_dimensions) {
        return refused("quasirandom generators have at most 512 dimensions", CURAND_STATUS_OUT_OF_RANGE);
    }
    g->dimensions = dimensions;
    g->change();
    return CURAND_STATUS_SUCCESS;
}
curandStatus_t curandGenerateSeeds(curandGenerator_t g) {
    TRY(checked(g));
    return prepare(*g);
}
curandStatus_t curandGenerate(curandGenerator_t g, unsigned int* out, size_t n) {
    TRY(checked(g, g && !g->is_64_bit()));
    return generate_bits(*g, out, n);
}
curandStatus_t curandGenerateLongLong(curandGenerator_t g, unsigned long long* out, size_t n) {
    TRY(checked(g, g && g->is_64_bit()));
    return generate_bits(*g, out, n);
}
curandStatus_t curandGenerateUniform(curandGenerator_t g, float* out, size_t n) {
    TRY(checked(g));
    return generate_uniform(*g, out, n);
}
curandStatus_t curandGenerateUniformDouble(curandGenerator_t g, double* out, size_t n) {
    TRY(checked(g));
    return generate_uniform(*g, out, n);
}
curandStatus_t curandGenerateNormal(curandGenerator_t g, float* out, size_t n, float mean, float stddev) {
    TRY(checked(g));
    return generate_normal(*g, out, n, mean, stddev);
}
curandStatus_t curandGenerateNormalDouble(curandGenerator_t g, double* out, size_t n, double mean, double stddev) {
    TRY(checked(g));
    return generate_normal(*g, out, n, mean, stddev);
}
curandStatus_t curandGenerateLogNormal(curandGenerator_t g, float* out, size_t n, float mean, float stddev) {
    TRY(checked(g));
    return generate_log_normal(*g, out, n, mean, stddev);
}
curandStatus_t curandGenerateLogNormalDouble(curandGenerator_t g, double* out, size_t n, double mean, double stddev) {
    TRY(checked(g));
    return generate_log_normal(*g, out, n, mean, stddev);
}
curandStatus_t curandGeneratePoisson(curandGenerator_t g, unsigned int* out, size_t n, double lambda) {
    TRY(checked(g));
    if (!(lambda > 0)) return CURAND_STATUS_OUT_OF_RANGE;
    return generate_poisson(*g, out, n, lambda);
}
curandStatus_t curandCreatePoissonDistribution(double lambda, curandDiscreteDistribution_t* distribution) {
    if (!(lambda > 0) || lambda > 400000) return CURAND_STATUS_OUT_OF_RANGE;
    return make_poisson_table(lambda, false, distribution);
}
curandStatus_t curandDestroyDistribution(curandDiscreteDistribution_t distribution) {
    if (!distribution) return CURAND_STATUS_NOT_INITIALIZED;
    release(false, distribution);
    return CURAND_STATUS_SUCCESS;
}
curandStatus_t curandGetDirectionVectors32(curandDirectionVectors32_t* vectors[], curandDirectionVectorSet_t set) {
    TRY(checked_set(set, CURAND_DIRECTION_VECTORS_32_JOEKUO6, CURAND_SCRAMBLED_DIRECTION_VECTORS_32_JOEKUO6));
    return given(vectors, direction_vectors32());
}
curandStatus_t curandGetDirectionVectors64(curandDirectionVectors64_t* vectors[], curandDirectionVectorSet_t set) {
    TRY(checked_set(set, CURAND_DIRECTION_VECTORS_64_JOEKUO6, CURAND_SCRAMBLED_DIRECTION_VECTORS_64_JOEKUO6));
    return given(vectors, direction_vectors64());
}
}
