// AES-128 in counter mode with T-tables in shared memory; the S-box is computed by constexpr field arithmetic.
// One thread per 16-byte block; the key schedule is expanded once per thread block, rotations use byte permutes.
#include <cstdint>

__host__ __device__ constexpr uint8_t gf_mul(uint8_t a, uint8_t b) {
    uint8_t p = 0;
    for (; b; b >>= 1) {
        if (b & 1) p ^= a;
        a = static_cast<uint8_t>(a << 1 ^ (a & 0x80 ? 0x1b : 0));
    }
    return p;
}

struct Sbox {
    uint8_t of[256];
};

constexpr Sbox make_sbox() {
    Sbox s{};
    uint8_t p = 1, q = 1;  // q is always the inverse of p
    do {
        p = gf_mul(p, 3);
        q = gf_mul(q, 0xf6);
        uint8_t x = q;
        for (int i = 0; i < 4; ++i) {
            q = static_cast<uint8_t>(q << 1 | q >> 7);
            x ^= q;
        }
        q = static_cast<uint8_t>(q << 4 | q >> 4);  // four more rotations restore q
        s.of[p] = x ^ 0x63;
    } while (p != 1);
    s.of[0] = 0x63;
    return s;
}
static_assert(make_sbox().of[0x53] == 0xed && make_sbox().of[0xff] == 0x16, "FIPS 197");
__constant__ constexpr Sbox sbox = make_sbox();

__device__ uint32_t sub_word(uint32_t w) {
    uint32_t r = 0;
    for (int i = 0; i < 32; i += 8) r |= uint32_t{sbox.of[w >> i & 0xff]} << i;
    return r;
}

// The words hold column bytes in little-endian order.
__device__ uint32_t rotate_up(uint32_t w, int bytes) {
    constexpr unsigned selectors[] = {0x3210, 0x2103, 0x1032, 0x0321};
    return __byte_perm(w, 0u, selectors[bytes & 3]);
}

struct State {
    uint32_t c[4];
    __device__ uint32_t byte(int column, int row) const { return c[column & 3] >> 8 * row & 0xff; }
};
__device__ State operator^(State s, const uint32_t* key) {
    for (auto& c : s.c) c ^= *key++;
    return s;
}

template <int ROUNDS> __device__ State encrypt(State s, const uint32_t* table, const uint32_t* keys) {
    s = s ^ keys;
#pragma unroll 1
    for (int round = 1; round < ROUNDS; ++round) {
        State next = {};
        for (int column = 0; column < 4; ++column)
#pragma unroll
            for (int row = 0; row < 4; ++row) next.c[column] ^= rotate_up(table[s.byte(column + row, row)], row);
        s = next ^ (keys + 4 * round);
    }
    State last;
    for (int column = 0; column < 4; ++column) {
        uint32_t w = 0;
        for (int row = 3; row >= 0; --row) w = w << 8 | s.byte(column + row, row);
        last.c[column] = sub_word(w);
    }
    return last ^ (keys + 4 * ROUNDS);
}

__global__ void aes_ctr(const uint4* key, uint64_t nonce, const uint4* plain, uint4* cipher, int blocks) {
    __shared__ uint32_t table[256], keys[44];
    for (unsigned i = threadIdx.x; i < 256; i += blockDim.x) {
        const uint8_t s = sbox.of[i], s2 = gf_mul(s, 2), s3 = s2 ^ s;
        const uchar4 column = make_uchar4(s2, s, s, s3);
        table[i] = reinterpret_cast<const uint32_t&>(column);
    }
    if (threadIdx.x == 0) {
        keys[0] = key->x, keys[1] = key->y, keys[2] = key->z, keys[3] = key->w;
        uint8_t constant = 1;
        for (int i = 4; i < 44; ++i) {
            uint32_t t = keys[i - 1];
            if (i % 4 == 0) t = sub_word(rotate_up(t, 3)) ^ constant, constant = gf_mul(constant, 2);
            keys[i] = keys[i - 4] ^ t;
        }
    }
    __syncthreads();
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= blocks) return;
    const State pad = encrypt<10>({static_cast<uint32_t>(nonce), static_cast<uint32_t>(nonce >> 32), 0,
                                   __byte_perm(i, 0, 0x0123)},
                                  table, keys);
    const uint4 in = plain[i];
    cipher[i] = {in.x ^ pad.c[0], in.y ^ pad.c[1], in.z ^ pad.c[2], in.w ^ pad.c[3]};
}
