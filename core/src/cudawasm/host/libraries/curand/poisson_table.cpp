// The inverse of the Poisson distribution, for 32 random bits.
#include <cmath>
#include <vector>

#include "generator.h"

curandStatus_t make_poisson_table(double mean, bool is_on_host, curandDiscreteDistribution_t* table) {
    constexpr double whole = 4294967296.0;
    std::vector<unsigned int> words = {0, 0};
    const double log_mean = std::log(mean);
    double below = 0;  // the probability of the values so far
    bool has_begun = false;
    for (unsigned int value = 0;; ++value) {
        const double probability = std::exp(value * log_mean - mean - std::lgamma(value + 1.0));
        below += probability;
        // Bits x stand for (x + 1/2) / 2**32.
        const double threshold = std::ceil(below * whole - 0.5);
        if (threshold >= whole || (value > mean && probability < 1e-12)) break;
        if (!has_begun && threshold > 0) {
            has_begun = true;
            words[0] = value;
        }
        if (has_begun) words.push_back((unsigned int)threshold);
    }
    words[1] = (unsigned int)words.size() - 2;
    void* memory = nullptr;
    TRY(allocate(is_on_host, words.size() * sizeof words[0], &memory));
    *table = static_cast<curandDiscreteDistribution_t>(memory);
    return fill(is_on_host, memory, words.data(), words.size() * sizeof words[0]);
}
