// Open-addressing hash maps in shared memory, filled by 64-bit and 32-bit compare-and-swap and looked up afterwards.
// Slots pack a key with an accumulated value; where a key lands depends on timing, but what is found for it does not.
#include <cstdint>

struct Fnv {
    __device__ uint32_t operator()(uint32_t key) const {
        uint32_t h = 0x811c9dc5u;
        for (int k = 0; k < 4; ++k, key >>= 8) h = (h ^ (key & 0xff)) * 0x01000193u;
        return h;
    }
};
struct Clash {  // a bad hash, to make long probe sequences
    __device__ uint32_t operator()(uint32_t key) const { return key % 5 * 3; }
};

template <typename Merge, typename Hash, int CAPACITY> class PackedMap {
    static_assert((CAPACITY & (CAPACITY - 1)) == 0, "a power of two");
    using Slot = unsigned long long;
    static constexpr Slot EMPTY = ~Slot{0};
    Slot* slots_;
    Hash hash_;

    static __device__ Slot pack(uint32_t key, uint32_t value) { return Slot{key} << 32 | value; }
    static __device__ uint32_t key_of(Slot s) { return static_cast<uint32_t>(s >> 32); }
    static __device__ uint32_t value_of(Slot s) { return static_cast<uint32_t>(s); }

public:
    __device__ explicit PackedMap(void* memory) : slots_(static_cast<Slot*>(memory)), hash_() {}
    static constexpr size_t BYTES = CAPACITY * sizeof(Slot);

    __device__ void clear(int t, int threads) {
        for (Slot* s = slots_ + t; s < slots_ + CAPACITY; s += threads) *s = EMPTY;
    }
    __device__ bool insert(uint32_t key, uint32_t value) {
        for (uint32_t probe = 0, at = hash_(key); probe < CAPACITY; at += ++probe) {
            Slot* const slot = &slots_[at & (CAPACITY - 1)];
            Slot seen = atomicCAS(slot, EMPTY, pack(key, value));
            if (seen == EMPTY) return true;
            while (key_of(seen) == key) {
                const Slot wanted = pack(key, Merge::apply(value_of(seen), value));
                const Slot before = atomicCAS(slot, seen, wanted);
                if (before == seen) return false;
                seen = before;
            }
        }
        return false;
    }
    __device__ const uint32_t* find(uint32_t key) const {
        for (uint32_t probe = 0, at = hash_(key); probe < CAPACITY; at += ++probe) {
            const Slot& s = slots_[at % CAPACITY];
            if (s == EMPTY) break;
            if (key_of(s) == key) return reinterpret_cast<const uint32_t*>(&s);  // the low word is the value
        }
        return nullptr;
    }
    template <typename F> __device__ void each(int t, int threads, F f) const {
        for (int i = t; i < CAPACITY; i += threads)
            if (const Slot s = slots_[i]; s != EMPTY) f(key_of(s), value_of(s));
    }
};

struct Sum { static __device__ uint32_t apply(uint32_t a, uint32_t b) { return a + b; } };
struct Least { static __device__ uint32_t apply(uint32_t a, uint32_t b) { return b < a ? b : a; } };

template <int CAPACITY>
__global__ void build(const uint32_t* keys, int n, const uint32_t* queries, int q, uint32_t* counts, uint32_t* firsts,
                      uint32_t* summary, uint32_t* chain_lengths) {
    using Counts = PackedMap<Sum, Fnv, CAPACITY>;
    using Firsts = PackedMap<Least, Clash, CAPACITY>;
    extern __shared__ __align__(8) char memory[];
    __shared__ unsigned distinct[2], key_sum, mass, heads[16];
    Counts by_count(memory);
    Firsts by_first(memory + Counts::BYTES);
    auto* const next = reinterpret_cast<uint16_t*>(memory + Counts::BYTES + Firsts::BYTES);
    const int t = threadIdx.x, threads = blockDim.x;
    by_count.clear(t, threads), by_first.clear(t, threads);
    if (t < 16) heads[t] = 0xffff;
    if (t == 0) distinct[0] = distinct[1] = key_sum = mass = 0;
    __syncthreads();

    for (int i = t; i < n; i += threads) {
        if (by_count.insert(keys[i], 1)) atomicAdd(&distinct[0], 1u);
        if (by_first.insert(keys[i], i)) atomicAdd(&distinct[1], 1u);
        // Separate chaining as well: a lock-free push on one of sixteen lists of indices.
        unsigned* const head = heads + (Fnv{}(keys[i]) >> 28);
        unsigned old = *const_cast<volatile unsigned*>(head), assumed;
        do {
            assumed = old;
            next[i] = static_cast<uint16_t>(assumed);
            __threadfence_block();
        } while ((old = atomicCAS(head, assumed, static_cast<unsigned>(i))) != assumed);
    }
    __syncthreads();
    by_count.each(t, threads, [&](uint32_t key, uint32_t count) {
        atomicAdd(&key_sum, key);
        atomicMax(&mass, count);
    });
    for (int i = t; i < q; i += threads) {
        const uint32_t *const count = by_count.find(queries[i]), *const first = by_first.find(queries[i]);
        counts[i] = count ? *count : 0;
        firsts[i] = first ? *first : 0xffffffffu;
    }
    if (t < 16) {
        unsigned length = 0, sum = 0;
        for (unsigned i = heads[t]; i != 0xffff; i = next[i]) ++length, sum += i;
        chain_lengths[t] = sum << 12 | length;
    }
    __syncthreads();
    if (t == 0) summary[0] = distinct[0], summary[1] = distinct[1], summary[2] = key_sum, summary[3] = mass;
}
