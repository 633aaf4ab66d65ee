// Mandelbrot and Burning Ship iterations in a fixed-point class, with supersampling and period detection.
// Nested loops are left by goto; the fraction's width and the formula are template parameters, so results are exact.
#include <cstdint>

template <int FRACTION, typename Raw = int32_t, typename Wide = int64_t> class Fixed {
    Raw raw_ = 0;
    struct Bits {};
    __device__ constexpr Fixed(Raw raw, Bits) : raw_(raw) {}

public:
    static constexpr Raw ONE = Raw{1} << FRACTION;
    constexpr Fixed() = default;
    __device__ constexpr Fixed(int whole) : raw_(static_cast<Raw>(whole * ONE)) {}
    static __device__ constexpr Fixed from_raw(Raw raw) { return {raw, Bits{}}; }
    static __device__ constexpr Fixed ratio(int p, int q) {
        return from_raw(static_cast<Raw>(static_cast<Wide>(p) * ONE / q));
    }
    __device__ constexpr Raw raw() const { return raw_; }
    __device__ explicit constexpr operator int() const { return static_cast<int>(raw_ >> FRACTION); }

    __device__ constexpr Fixed operator-() const { return from_raw(-raw_); }
    __device__ constexpr Fixed& operator+=(Fixed o) { return raw_ += o.raw_, *this; }
    __device__ constexpr Fixed& operator-=(Fixed o) { return raw_ -= o.raw_, *this; }
    __device__ constexpr Fixed& operator*=(Fixed o) {
        raw_ = static_cast<Raw>((static_cast<Wide>(raw_) * o.raw_ + (Wide{1} << (FRACTION - 1))) >> FRACTION);
        return *this;
    }
    __device__ constexpr Fixed operator+(Fixed o) const { return Fixed(*this) += o; }
    __device__ constexpr Fixed operator-(Fixed o) const { return Fixed(*this) -= o; }
    __device__ constexpr Fixed operator*(Fixed o) const { return Fixed(*this) *= o; }
    __device__ constexpr bool operator>(Fixed o) const { return raw_ > o.raw_; }
    __device__ constexpr bool operator==(Fixed o) const { return raw_ == o.raw_; }
    friend __device__ constexpr Fixed abs(Fixed v) { return v.raw_ < 0 ? -v : v; }
};

struct Mandelbrot {
    template <typename F> static __device__ F fold(F v) { return v; }
};
struct BurningShip {
    template <typename F> static __device__ F fold(F v) { return abs(v); }
};

struct Frame {
    int left, top, span;  // in units of 1/100; the span is the width of the picture
};

template <typename Formula, int FRACTION, int SAMPLES>
__global__ void escape(Frame frame, int width, int limit, uint16_t* counts, int32_t* last, uint8_t* outcome) {
    using F = Fixed<FRACTION>;
    const int px = blockIdx.x * blockDim.x + threadIdx.x, py = blockIdx.y * blockDim.y + threadIdx.y;
    const F pixel = F::ratio(frame.span, 100 * width), step = pixel * F::ratio(1, SAMPLES);
    F zr, zi;
    unsigned total = 0;
    int periodic = 0;
    for (int sy = 0; sy < SAMPLES; ++sy) {
        for (int sx = 0; sx < SAMPLES; ++sx) {
            const F cr = F::ratio(frame.left, 100) + pixel * px + step * sx;
            const F ci = F::ratio(frame.top, 100) - pixel * py - step * sy;
            F keep_r = zr = 0, keep_i = zi = 0;
            int n = 0, power = 8;
            do {
                for (int inner = 0; inner < 4; ++inner, ++n) {
                    const F r2 = zr * zr, i2 = zi * zi;
                    if (r2 + i2 > F(4)) goto escaped;
                    zi = Formula::fold(zr) * Formula::fold(zi) * 2 + ci;
                    zr = r2 - i2 + cr;
                    if (zr == keep_r && zi == keep_i) {
                        ++periodic;
                        n = limit;
                        goto escaped;
                    }
                }
                if (n >= power) keep_r = zr, keep_i = zi, power += power;
            } while (n < limit);
        escaped:
            total += n;
            if (total > 9u * limit / 10 * (SAMPLES * SAMPLES)) goto deep;
        }
    }
deep:
    const int at = py * gridDim.x * blockDim.x + px;
    counts[at] = static_cast<uint16_t>(total);
    last[at] = zr.raw() ^ zi.raw();
    outcome[at] = static_cast<uint8_t>(periodic << 4 | (static_cast<int>(zr) & 15));
}
