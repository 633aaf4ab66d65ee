// The same work as plain C loops, for gcc -O3 -march=native -fopenmp.
#include <math.h>
#include <stdlib.h>
#include <string.h>
#define PARALLEL _Pragma("omp parallel for schedule(static)")

void vector_add(const float* a, const float* b, float* c, int n) {
    PARALLEL for (int i = 0; i < n; i++) c[i] = a[i] + b[i];
}
void triad(const float* b, const float* c, float* a, float scale, int n) {
    PARALLEL for (int i = 0; i < n; i++) a[i] = b[i] + scale * c[i];
}
void matmul(const float* A, const float* B, float* C, int n) {
    PARALLEL for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) C[i * n + j] = 0.0f;
        for (int k = 0; k < n; k++)
            for (int j = 0; j < n; j++) C[i * n + j] += A[i * n + k] * B[k * n + j];
    }
}
void transpose(const float* in, float* out, int n) {
    _Pragma("omp parallel for collapse(2)") for (int y = 0; y < n; y += 16)
        for (int x = 0; x < n; x += 16)
            for (int j = y; j < y + 16; j++)
                for (int i = x; i < x + 16; i++) out[i * n + j] = in[j * n + i];
}
void reduction(const float* x, float* partial, int n) {
    float sum = 0.0f;
    _Pragma("omp parallel for simd reduction(+ : sum)") for (int i = 0; i < n; i++) sum += x[i];
    partial[0] = sum;
}
void histogram(const unsigned char* data, unsigned* bins, int n) {
    _Pragma("omp parallel") {
        unsigned local[256] = {0};
        _Pragma("omp for nowait") for (int i = 0; i < n; i++) local[data[i]]++;
        _Pragma("omp critical") for (int b = 0; b < 256; b++) bins[b] += local[b];
    }
}
void stencil(const float* in, float* out, int w, int h) {
    PARALLEL for (int y = 1; y < h - 1; y++)
        for (int x = 1; x < w - 1; x++) {
            int i = y * w + x;
            out[i] = 0.5f * in[i] + 0.125f * (in[i - 1] + in[i + 1] + in[i - w] + in[i + w]);
        }
}
void convolution(const float* in, const float* k, float* out, int w, int h) {
    PARALLEL for (int y = 2; y < h - 2; y++)
        for (int x = 2; x < w - 2; x++) {
            float sum = 0.0f;
            for (int dy = -2; dy <= 2; dy++)
                for (int dx = -2; dx <= 2; dx++) sum += in[(y + dy) * w + x + dx] * k[(dy + 2) * 5 + dx + 2];
            out[y * w + x] = sum;
        }
}
void nbody(const float* p, float* f, int n) {
    PARALLEL for (int i = 0; i < n; i++) {
        float fx = 0, fy = 0, fz = 0;
        for (int j = 0; j < n; j++) {
            float dx = p[4 * j] - p[4 * i], dy = p[4 * j + 1] - p[4 * i + 1], dz = p[4 * j + 2] - p[4 * i + 2];
            float inverse = 1.0f / sqrtf(dx * dx + dy * dy + dz * dz + 0.01f);
            float s = p[4 * j + 3] * inverse * inverse * inverse;
            fx += dx * s; fy += dy * s; fz += dz * s;
        }
        f[4 * i] = fx; f[4 * i + 1] = fy; f[4 * i + 2] = fz;
    }
}
void mandelbrot(int* out, int w, int h, int limit) {
    _Pragma("omp parallel for schedule(dynamic)") for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++) {
            float cx = -2.2f + x * 3.0f / w, cy = -1.2f + y * 2.4f / h, zx = 0, zy = 0;
            int n = 0;
            while (n < limit && zx * zx + zy * zy < 4.0f) {
                float t = zx * zx - zy * zy + cx;
                zy = 2.0f * zx * zy + cy; zx = t; n++;
            }
            out[y * w + x] = n;
        }
}
static inline float cdf(float d) {
    float k = 1.0f / (1.0f + 0.2316419f * fabsf(d));
    float tail = 0.39894228040143267794f * expf(-0.5f * d * d) *
                 (k * (0.31938153f + k * (-0.356563782f + k * (1.781477937f + k * (-1.821255978f + k * 1.330274429f)))));
    return d > 0.0f ? 1.0f - tail : tail;
}
void black_scholes(const float* s, const float* x, const float* t, float* call, float* put, float r, float v, int n) {
    PARALLEL for (int i = 0; i < n; i++) {
        float root = sqrtf(t[i]), d1 = (logf(s[i] / x[i]) + (r + 0.5f * v * v) * t[i]) / (v * root), d2 = d1 - v * root;
        float discounted = x[i] * expf(-r * t[i]), c1 = cdf(d1), c2 = cdf(d2);
        call[i] = s[i] * c1 - discounted * c2;
        put[i] = discounted * (1.0f - c2) - s[i] * (1.0f - c1);
    }
}
void softmax(const float* in, float* out, int columns, int rows) {
    PARALLEL for (int r = 0; r < rows; r++) {
        const float* row = in + r * columns;
        float most = -3.0e38f, sum = 0.0f;
        for (int c = 0; c < columns; c++) most = fmaxf(most, row[c]);
        for (int c = 0; c < columns; c++) sum += expf(row[c] - most);
        for (int c = 0; c < columns; c++) out[r * columns + c] = expf(row[c] - most) / sum;
    }
}
void life(const int* now, int* next, int w, int h) {
    PARALLEL for (int y = 1; y < h - 1; y++)
        for (int x = 1; x < w - 1; x++) {
            int i = y * w + x;
            int n = now[i - w - 1] + now[i - w] + now[i - w + 1] + now[i - 1] + now[i + 1] + now[i + w - 1] + now[i + w] + now[i + w + 1];
            next[i] = n == 3 || (n == 2 && now[i]);
        }
}
void sparse_multiply(const int* start, const int* column, const float* value, const float* x, float* y, int rows) {
    PARALLEL for (int r = 0; r < rows; r++) {
        float sum = 0.0f;
        for (int j = start[r]; j < start[r + 1]; j++) sum += value[j] * x[column[j]];
        y[r] = sum;
    }
}
void scan(const int* in, int* out, int n) {
    PARALLEL for (int b = 0; b < n; b += 256) {
        int sum = 0;
        for (int i = b; i < b + 256; i++) { sum += in[i]; out[i] = sum; }
    }
}
void monte_carlo(int* hits, int samples, int threads) {
    PARALLEL for (int t = 0; t < threads; t++) {
        unsigned state = t * 2654435761u + 12345u;
        int inside = 0;
        for (int i = 0; i < samples; i++) {
            state = state * 1664525u + 1013904223u;
            float x = (state >> 8) * (1.0f / 16777216.0f);
            state = state * 1664525u + 1013904223u;
            float y = (state >> 8) * (1.0f / 16777216.0f);
            if (x * x + y * y < 1.0f) inside++;
        }
        hits[t] = inside;
    }
}
