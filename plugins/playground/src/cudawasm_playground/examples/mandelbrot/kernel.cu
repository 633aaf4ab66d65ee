// How many steps of z = z * z + c stay in a circle, smoothed so that the colours have no edges.
struct Complex {
    float re, im;
    __device__ Complex operator*(Complex o) const { return {re * o.re - im * o.im, re * o.im + im * o.re}; }
    __device__ Complex operator+(Complex o) const { return {re + o.re, im + o.im}; }
    __device__ float norm() const { return re * re + im * im; }
};

__global__ void mandelbrot(float* out, int width, int height, float left, float top, float step, int limit) {
    int x = blockIdx.x * blockDim.x + threadIdx.x;
    int y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= width || y >= height) return;

    Complex c = {left + x * step, top + y * step};
    Complex z = {0.0f, 0.0f};
    int n = 0;
    while (n < limit && z.norm() < 64.0f) {
        z = z * z + c;
        ++n;
    }
    out[y * width + x] = n < limit ? n + 1.0f - log2f(0.5f * log2f(z.norm())) : 0.0f;
}
