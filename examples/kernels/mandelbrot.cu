// Iterations until z = z * z + c leaves the circle of radius 2.
struct Complex {
    float re, im;
    __device__ Complex(float r, float i) : re(r), im(i) {}
    __device__ Complex operator*(const Complex& o) const { return Complex(re * o.re - im * o.im, re * o.im + im * o.re); }
    __device__ Complex operator+(const Complex& o) const { return Complex(re + o.re, im + o.im); }
    __device__ float norm() const { return re * re + im * im; }
};
__global__ void mandelbrot(int* iterations, int width, int height, float x0, float y0, float dx, float dy, int limit) {
    int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= width || y >= height) return;
    Complex c(x0 + x * dx, y0 + y * dy), z(0.0f, 0.0f);
    int n = 0;
    while (n < limit && z.norm() < 4.0f) {
        z = z * z + c;
        ++n;
    }
    iterations[y * width + x] = n;
}
