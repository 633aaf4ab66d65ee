// Sobol's direction vectors from Joe and Kuo's numbers ("Constructing Sobol sequences with better two-dimensional
// projections", 2008; the set new-joe-kuo-6, whose order of dimensions cuRAND has).
#include "generator.h"
#include <sys/mman.h>

namespace {
struct Polynomial {
    unsigned char degree;
    unsigned short coefficients;   // of a primitive polynomial over GF(2), without the first and last, which are one
    unsigned short numbers[13];
};
const Polynomial polynomials[most_dimensions - 1] = {
#include "direction_numbers.inc"
};

template <typename Word> void expand(const Polynomial& p, Word* vectors) {
    constexpr int bits = sizeof(Word) * 8;
    for (int k = 0; k < bits; ++k) {
        if (k < p.degree) {
            vectors[k] = (Word)p.numbers[k] << (bits - 1 - k);
            continue;
        }
        vectors[k] = vectors[k - p.degree] ^ (vectors[k - p.degree] >> p.degree);
        for (int j = 1; j < p.degree; ++j) {
            if (p.coefficients >> (p.degree - 1 - j) & 1) vectors[k] ^= vectors[k - j];
        }
    }
}
// Vectors of as many dimensions as cuRAND has. Those that there are not cannot be read.
template <typename Word> const Word* all_vectors() {
    constexpr int bits = sizeof(Word) * 8;
    constexpr size_t one = bits * sizeof(Word);
    void* place = mmap(nullptr, cuda_dimensions * one, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (place == MAP_FAILED || mprotect(place, most_dimensions * one, PROT_READ | PROT_WRITE)) return nullptr;
    Word* vectors = static_cast<Word*>(place);
    for (int k = 0; k < bits; ++k) vectors[k] = (Word)1 << (bits - 1 - k);
    for (unsigned int d = 1; d < most_dimensions; ++d) expand(polynomials[d - 1], vectors + d * bits);
    return vectors;
}
}  // namespace

const curandDirectionVectors32_t* direction_vectors32() {
    static const unsigned int* const vectors = all_vectors<unsigned int>();
    return reinterpret_cast<const curandDirectionVectors32_t*>(vectors);
}
const curandDirectionVectors64_t* direction_vectors64() {
    static const unsigned long long* const vectors = all_vectors<unsigned long long>();
    return reinterpret_cast<const curandDirectionVectors64_t*>(vectors);
}
