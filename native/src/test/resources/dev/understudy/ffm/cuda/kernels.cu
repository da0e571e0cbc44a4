// The kernels of kernels.ptx, which is made of this file by
//   nvcc -ptx -arch=compute_75 kernels.cu, then in it .version 6.0 and .target sm_70
// since it uses nothing newer, and so every driver for CUDA 12 and later takes it, for every GPU of theirs.

// y = factor * x
extern "C" __global__ void scale(float *y, const float *x, float factor, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) y[i] = factor * x[i];
}

// Which multiprocessor each block ran on; a block takes at least so many cycles, so that all of them get some.
extern "C" __global__ void where(unsigned int *multiprocessors, int n, long long cycles) {
  unsigned int id;
  asm volatile("mov.u32 %0, %%smid;" : "=r"(id));
  long long start = clock64();
  while (clock64() - start < cycles) {
  }
  if (threadIdx.x == 0 && blockIdx.x < n) multiprocessors[blockIdx.x] = id;
}

// Writes where nothing is, if it is given such an address.
extern "C" __global__ void fault(int *nowhere) { *nowhere = 1; }
