// Bessel functions. Below 8 the oscillating ones are products with their zeros, above Hankel's asymptotic form; single precision is the
// double-precision value rounded.
__device__ inline double __cw_horner(double, double c) { return c; }
template <typename... C> __device__ inline double __cw_horner(double z, double c, C... higher) {
    return fma(__cw_horner(z, higher...), z, c);
}
#include "cudawasm_bessel_polynomials.h"

// x minus a zero given in two parts, and x**2 minus its square.
__device__ inline double __cw_from_zero(double x, double zero, double low) { return (x - zero) - low; }
__device__ inline double __cw_from_zeros(double x, double zero, double low) {
    return __cw_from_zero(x, zero, low) * (x + zero);
}
// sqrt(2 / (pi x)) (p cos(angle) - q sin(angle) / x) at angle = x - (2 order + 1) pi/4, written with sin and cos of x;
// ``is_y``: p sin(angle) + q cos(angle) / x.
__device__ inline double __cw_hankel(double x, double p, double q, bool is_first_order, bool is_y) {
    double s = sin(x), c = cos(x);
    double cos_angle = is_first_order ? s - c : c + s, sin_angle = is_first_order ? -(s + c) : s - c;
    double sum = is_y ? p * sin_angle + q / x * cos_angle : p * cos_angle - q / x * sin_angle;
    return isinf(x) ? 0.0 : 0.5641895835477563 / sqrt(x) * sum;
}
__device__ inline double j0(double x) {
    double a = fabs(x);
    if (a >= 8.0) {
        double t = 128.0 / a / a - 1.0;
        return __cw_hankel(a, __cw_bessel_p0(t), __cw_bessel_q0(t), false, false);
    }
    if (a >= 4.0) return __cw_from_zero(a, 5.520078110286311, 8.088597146146722e-17) * __cw_bessel_j0_high(a - 6.0);
    double y = __cw_from_zeros(a, 2.404825557695773, -1.176691651530894e-16) * __cw_bessel_j0_low(a * a / 8.0 - 1.0);
    return a < 1.0e-8 ? 1.0 : y;
}
__device__ inline double j1(double x) {
    double a = fabs(x), y;
    if (a >= 8.0) {
        double t = 128.0 / a / a - 1.0;
        y = __cw_hankel(a, __cw_bessel_p1(t), __cw_bessel_q1(t), true, false);
    } else if (a >= 5.46) {
        y = __cw_from_zero(a, 7.015586669815619, -9.414165653410389e-17) * __cw_bessel_j1_high(a - 6.75);
    } else {
        y = __cw_from_zeros(a, 3.8317059702075125, -1.5269184090088067e-16) * a * __cw_bessel_j1_low(a * a / 15.0 - 1.0);
        y = a < 1.0e-8 ? 0.5 * a : y;
    }
    return signbit(x) ? -y : y;
}
// Y is infinite at 0 and not real below.
__device__ inline double __cw_bessel_y_domain(double x, double y) {
    return x > 0.0 ? y : (x == 0.0 ? -__longlong_as_double(0x7ff0000000000000ll) : __longlong_as_double(0x7fffffffffffffffll));
}
__device__ inline double y0(double x) {
    const double zero = 0.8935769662791675, zero_low = 2.6596231539720385e-17;
    double y;
    if (x >= 8.0) {
        double t = 128.0 / x / x - 1.0;
        y = __cw_hankel(x, __cw_bessel_p0(t), __cw_bessel_q0(t), false, true);
    } else if (x >= 5.5) {
        y = __cw_from_zero(x, 7.086051060301773, -8.835285723085408e-17) * __cw_bessel_y0_high(x - 6.75);
    } else if (x >= 2.12) {
        y = __cw_from_zero(x, 3.957678419314858, -1.0764340697562706e-16) * __cw_bessel_y0_middle(x - 3.75);
    } else {
        double distance = __cw_from_zero(x, zero, zero_low);
        double ratio = x < 0.5 ? log(x) + 0.11252280788079412 : log1p(distance / zero);
        y = 0.6366197723675814 * ratio * j0(x) + distance * (x + zero) * __cw_bessel_y0_low(x * x / 2.25 - 1.0);
    }
    return __cw_bessel_y_domain(x, y);
}
__device__ inline double y1(double x) {
    double y;
    if (x >= 8.0) {
        double t = 128.0 / x / x - 1.0;
        y = __cw_hankel(x, __cw_bessel_p1(t), __cw_bessel_q1(t), true, true);
    } else if (x >= 4.0) {
        y = __cw_from_zero(x, 5.429681040794135, 4.162514026670377e-16) * __cw_bessel_y1_high(x - 6.0);
    } else if (x >= 1.41) {
        y = __cw_from_zero(x, 2.197141326031017, -4.8259835876454966e-17) * __cw_bessel_y1_middle(x - 2.625);
    } else {
        y = x * __cw_bessel_y1_low(x * x - 1.0) + 0.6366197723675814 * (log(x) * j1(x) - 1.0 / x);
    }
    return __cw_bessel_y_domain(x, y);
}
// Upwards the recurrence is stable while the order is below x; else it runs downwards from an order far above and the
// result is scaled by J0 + 2 J2 + 2 J4 + ... = 1 (Miller's algorithm).
__device__ inline double jn(int n, double x) {
    if (n < 0) return __longlong_as_double(0x7fffffffffffffffll);
    if (n == 0) return j0(x);
    if (n == 1) return j1(x);
    double a = fabs(x), y;
    if (isinf(a)) {
        y = 0.0;
    } else if (a < 1.0e-8) {
        y = 1.0;
        for (int k = 1; k <= n && y != 0.0; ++k) y *= 0.5 * a / k;
    } else if (a > (double)n) {
        double before = j0(a);
        y = j1(a);
        for (int k = 1; k < n; ++k) {
            double next = 2.0 * k / a * y - before;
            before = y;
            y = next;
        }
    } else {
        int start = 2 * ((n + 10 + (int)sqrt(160.0 * n)) / 2);
        double above = 0.0, here = 1.0e-290, sum = 0.0;
        y = 0.0;
        for (int k = start; k > 0; --k) {
            double below = 2.0 * k / a * here - above;
            above = here;
            here = below;
            if (fabs(here) > 1.0e200) {
                here *= 1.0e-290;
                above *= 1.0e-290;
                y *= 1.0e-290;
                sum *= 1.0e-290;
            }
            if (k % 2 == 1 && k != 1) sum += 2.0 * here;
            if (k == n + 1) y = here;
        }
        y /= sum + here;
    }
    y = isnan(x) ? x : y;
    return signbit(x) && n % 2 == 1 ? -y : y;
}
__device__ inline double yn(int n, double x) {
    if (n < 0) return __longlong_as_double(0x7fffffffffffffffll);
    double before = y0(x), y = n == 0 ? before : y1(x);
    for (int k = 1; k < n && y > -__longlong_as_double(0x7ff0000000000000ll); ++k) {
        double next = 2.0 * k / x * y - before;
        before = y;
        y = next;
    }
    return y;
}
// e**a i for a polynomial part i, in two factors that stay finite as long as the product does.
__device__ inline double __cw_bessel_growing(double a, double i) {
    double root = exp(0.5 * a);
    double y = root * (i / sqrt(a)) * root;
    return isinf(a) ? a : y;
}
__device__ inline double cyl_bessel_i0(double x) {
    double a = fabs(x);
    if (a >= 8.0) return __cw_bessel_growing(a, __cw_bessel_i0_high(16.0 / a - 1.0));
    return __cw_bessel_i0_low(0.25 * a * a);
}
__device__ inline double cyl_bessel_i1(double x) {
    double a = fabs(x);
    double y = a < 8.0 ? 0.5 * a * __cw_bessel_i1_low(0.25 * a * a) : __cw_bessel_growing(a, __cw_bessel_i1_high(16.0 / a - 1.0));
    return signbit(x) ? -y : y;
}
__device__ inline float j0f(float x) { return (float)j0((double)x); }
__device__ inline float j1f(float x) { return (float)j1((double)x); }
__device__ inline float jnf(int n, float x) { return (float)jn(n, (double)x); }
__device__ inline float y0f(float x) { return (float)y0((double)x); }
__device__ inline float y1f(float x) { return (float)y1((double)x); }
__device__ inline float ynf(int n, float x) { return (float)yn(n, (double)x); }
__device__ inline float cyl_bessel_i0f(float x) { return (float)cyl_bessel_i0((double)x); }
__device__ inline float cyl_bessel_i1f(float x) { return (float)cyl_bessel_i1((double)x); }
