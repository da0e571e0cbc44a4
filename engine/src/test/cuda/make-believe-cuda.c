/* A make-believe GPU in host memory, not a GPU: enough of CUDA for ONNX Runtime's real CUDA provider to load and run a
 * model of dense layers and Relu, so that a lane's streams, gates, orders of calls and faults can be tested where
 * there is no GPU. "Device" memory is the host's, work is done at once by the calling thread, and any other kernel
 * stops the program. A Relu that meets an infinite number breaks the context, so a model can. Says nothing about speed,
 * and nothing about what overlaps.
 *
 * Built by make-believe-cuda.sh once for each library of CUDA's, with that library's part alone. The libraries share
 * what libcuda.so.1 holds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct stream {
  int priority, green;
  unsigned value;
  volatile unsigned *gate;
  long used;
  char pad[64];
};

/* What a test may set, by looking the names up. */
extern volatile int make_believe_fault;       /* every call and kernel fails with this from now on: a broken context */
extern volatile int make_believe_kernel_fault; /* the next kernel breaks the context with this */
extern volatile int make_believe_alloc_fault; /* allocations of device memory fail with this */

#ifdef CUDA
#define FAULT if (make_believe_fault) return make_believe_fault
#define STREAMS 256
volatile int make_believe_fault, make_believe_kernel_fault, make_believe_alloc_fault;
volatile int make_believe_streams, make_believe_events, make_believe_pinned, make_believe_greens; /* alive now */
volatile int make_believe_challengers; /* streams alive that have the challengers' part of the device alone */
static struct stream streams[STREAMS];
static int n, context;
static __thread void *current;
int cuInit(unsigned f) { return f; }
int cuDriverGetVersion(int *v) { *v = 13000; return 0; }
int cuDeviceGetCount(int *c) { *c = 1; return 0; }
int cuDeviceGet(int *d, int i) { *d = i; return i ? 101 : 0; }
int cuDeviceGetName(char *s, int len, int d) { snprintf(s, len, "make-believe GPU"); return 0; }
int cuDeviceTotalMem_v2(size_t *t, int d) { *t = 1ul << 33; return 0; }
int cuDeviceGetUuid_v2(char *u, int d) { memset(u, 7, 16); return 0; }
int cuDeviceGetUuid(char *u, int d) { memset(u, 7, 16); return 0; }
int cuDeviceGetPCIBusId(char *s, int len, int d) { snprintf(s, len, "0000:00:00.0"); return 0; }
int cuDeviceGetAttribute(int *v, int a, int d) { *v = a == 75 ? 9 : a == 16 ? 132 : 0; return 0; }
int cuDevicePrimaryCtxRetain(void **c, int d) { *c = &context; return 0; }
int cuDevicePrimaryCtxRelease_v2(int d) { return 0; }
int cuCtxSetCurrent(void *c) { FAULT; current = c; return c == &context ? 0 : 201; }
int cuCtxGetCurrent(void **c) { FAULT; *c = current; return 0; }
int cuCtxPushCurrent_v2(void *c) { FAULT; current = c; return 0; }
int cuCtxPopCurrent_v2(void **c) { FAULT; if (c) *c = current; return 0; }
int cuCtxSynchronize(void) { FAULT; return 0; }
int cuCtxGetStreamPriorityRange(int *least, int *greatest) { FAULT; *least = 0; *greatest = -5; return 0; }
int cuStreamCreateWithPriority(struct stream **s, unsigned flags, int p) {
  FAULT;
  if (flags != 1 || n == STREAMS) return 1;
  if (!current) return 201;
  streams[n].priority = p > 0 ? 0 : p < -5 ? -5 : p;
  *s = &streams[n++];
  make_believe_streams++;
  return 0;
}
int cuStreamGetPriority(struct stream *s, int *p) { FAULT; *p = s->priority; return 0; }
static void pass(struct stream *s) {
  while (s && s->gate && *s->gate < s->value) usleep(200);
  if (s) s->gate = NULL;
}
int cuStreamQuery(struct stream *s) {
  FAULT;
  return s && s->gate && *s->gate < s->value ? 600 : 0;
}
int cuStreamSynchronize(struct stream *s) { FAULT; pass(s); return 0; }
int cuStreamDestroy_v2(struct stream *s) {
  make_believe_streams--, make_believe_challengers -= s->green;
  FAULT;
  return 0;
}
typedef struct { int type; char pad[92]; unsigned sms; char more[44]; } resource; /* CUdevResource */
static unsigned granted;
int cuDeviceGetDevResource(int d, resource *r, int type) { FAULT; r->type = type, r->sms = 132; return 0; }
int cuDevSmResourceSplitByCount(resource *r, unsigned *groups, const resource *all, resource *rest, unsigned f,
                                unsigned least) {
  FAULT;
  granted = (least + 7) / 8 * 8;
  r->type = rest->type = all->type, r->sms = granted, rest->sms = all->sms - granted;
  return 0;
}
int cuDevResourceGenerateDesc(void **desc, resource *r, unsigned n) { FAULT; *desc = &granted; return r->sms != granted; }
int cuGreenCtxCreate(void **g, void *desc, int d, unsigned f) { FAULT; *g = desc; make_believe_greens++; return 0; }
int cuGreenCtxGetDevResource(void *g, resource *r, int type) { FAULT; r->type = type, r->sms = granted; return 0; }
int cuGreenCtxStreamCreate(struct stream **s, void *g, unsigned flags, int p) {
  int e = g == &granted ? cuStreamCreateWithPriority(s, flags, p) : 400;
  if (!e) (*s)->green = 1, make_believe_challengers++;
  return e;
}
int cuGreenCtxDestroy(void *g) { make_believe_greens--; FAULT; return 0; }
int cuStreamWaitValue32_v2(struct stream *s, unsigned *p, unsigned v, unsigned f) {
  FAULT;
  s->value = v, s->gate = p;
  return f;
}
int cuEventCreate(double **e, unsigned f) { FAULT; *e = calloc(1, sizeof **e); make_believe_events++; return 0; }
int cuEventDestroy_v2(double *e) { free(e); make_believe_events--; FAULT; return 0; }
int cuEventRecord(double *e, struct stream *s) {
  FAULT;
  struct timespec t;
  pass(s);
  clock_gettime(CLOCK_MONOTONIC, &t);
  *e = t.tv_sec * 1e3 + t.tv_nsec / 1e6;
  return 0;
}
int cuEventSynchronize(double *e) { FAULT; return 0; }
int cuEventQuery(double *e) { FAULT; return 0; }
int cuEventElapsedTime(float *ms, double *a, double *b) { FAULT; *ms = *b - *a; return 0; }
int cuEventElapsedTime_v2(float *ms, double *a, double *b) { return cuEventElapsedTime(ms, a, b); }
int cuMemHostAlloc(void **p, size_t n, unsigned f) { FAULT; *p = calloc(1, n); make_believe_pinned++; return 0; }
int cuMemFreeHost(void *p) { free(p); make_believe_pinned--; FAULT; return 0; }
int cuMemHostGetDevicePointer_v2(void **d, void *h, unsigned f) { FAULT; *d = h; return 0; }
int cuMemGetInfo_v2(size_t *f, size_t *t) { FAULT; *f = *t = 1ul << 33; return 0; }
int cuModuleLoadData(void **m, const void *i) { FAULT; return 209; }
int cuModuleUnload(void *m) { return 0; }
int cuModuleGetFunction(void **f, void *m, const char *s) { return 500; }
int cuLaunchKernel(void *f, unsigned a, unsigned b, unsigned c, unsigned d, unsigned e, unsigned g, unsigned h, void *s,
                   void **p, void **x) { return 400; }
int cuGetErrorName(int e, const char **s) {
  *s = e == 700 ? "CUDA_ERROR_ILLEGAL_ADDRESS" : e == 2 ? "CUDA_ERROR_OUT_OF_MEMORY" : "CUDA_ERROR_MAKE_BELIEVE";
  return 0;
}
int cuGetErrorString(int e, const char **s) {
  *s = e == 700 ? "an illegal memory access was encountered" : e == 2 ? "out of memory" : "a make-believe error";
  return 0;
}
#endif

#if defined CUDART || defined CUBLAS
/* Work on a stream: waits for its gate as the stream would. */
static void work(void *stream) {
  struct stream *s = stream;
  while (s && s->gate && *s->gate < s->value) usleep(200);
  if (s) s->gate = NULL, __sync_fetch_and_add(&s->used, 1);
}
#endif

#ifdef CUDART
#include <driver_types.h>
static struct { const void *host; char *name; } *kernels;
static int nkernels, room;
static __thread struct { dim3 g, b; size_t m; void *s; } pushed;
static __thread int last;
static int said(int e) { if (e) last = e; return e; }
#define FAULT if (make_believe_fault) return said(make_believe_fault)
void **__cudaRegisterFatBinary(void *w) { static void *h; return &h; }
void __cudaRegisterFatBinaryEnd(void **h) {}
void __cudaUnregisterFatBinary(void **h) {}
void __cudaRegisterVar(void **h, char *v, char *a, const char *d, int e, size_t s, int c, int g) {}
void __cudaRegisterFunction(void **h, const char *host, char *fun, const char *name, int t, void *a, void *b, void *c,
                            void *d, int *e) {
  if (nkernels == room) kernels = realloc(kernels, (room = room * 2 + 1024) * sizeof *kernels);
  kernels[nkernels].host = host;
  kernels[nkernels++].name = strdup(name);
}
int __cudaGetKernel(void **k, const void *host) { *k = (void *)host; return 0; }
int __cudaPushCallConfiguration(dim3 g, dim3 b, size_t m, void *s) {
  pushed.g = g, pushed.b = b, pushed.m = m, pushed.s = s;
  return 0;
}
int __cudaPopCallConfiguration(dim3 *g, dim3 *b, size_t *m, void **s) {
  *g = pushed.g, *b = pushed.b, *m = pushed.m, *s = pushed.s;
  return 0;
}
int cudaLaunchKernel(const void *k, dim3 g, dim3 b, void **args, size_t m, void *stream) {
  const char *name = "?";
  FAULT;
  if (make_believe_kernel_fault) {
    make_believe_fault = make_believe_kernel_fault;
    make_believe_kernel_fault = 0;
    return said(make_believe_fault);
  }
  for (int i = 0; i < nkernels; i++) if (kernels[i].host == k) name = kernels[i].name;
  work(stream);
  if (strstr(name, "_FillIf")) { /* _Fill(output, value, N) */
    for (int i = 0; i < *(int *)args[2]; i++) (*(float **)args[0])[i] = *(float *)args[1];
    return 0;
  }
  if (!strstr(name, "OP_Relu")) { fprintf(stderr, "make-believe CUDA: unknown kernel %s\n", name); abort(); }
  const float *in = *(float **)args[0]; /* _UnaryElementWise(input, output, functor, N) */
  float *out = *(float **)args[1];
  int n = *(int *)args[3];
  for (int i = 0; i < n; i++) {
    if (in[i] > 3.5e38) return said(make_believe_fault = 700);
    out[i] = in[i] > 0 ? in[i] : 0;
  }
  return 0;
}
int __cudaLaunchKernel(void *k, dim3 g, dim3 b, void **args, size_t m, void *s) {
  return cudaLaunchKernel(k, g, b, args, m, s);
}
static int take(void **p, size_t n) {
  *p = aligned_alloc(256, (n + 255) / 256 * 256);
  return *p ? memset(*p, 0, n), 0 : said(2);
}
int cudaMalloc(void **p, size_t n) { FAULT; if (make_believe_alloc_fault) return said(make_believe_alloc_fault); return take(p, n); }
int cudaMallocHost(void **p, size_t n) { FAULT; return take(p, n); }
int cudaHostAlloc(void **p, size_t n, unsigned f) { FAULT; return take(p, n); }
int cudaFree(void *p) { free(p); FAULT; return 0; }
int cudaFreeHost(void *p) { free(p); FAULT; return 0; }
int cudaMemcpy(void *d, const void *s, size_t n, int k) { FAULT; memcpy(d, s, n); return 0; }
int cudaMemcpyAsync(void *d, const void *s, size_t n, int k, void *st) { FAULT; work(st); memcpy(d, s, n); return 0; }
int cudaMemset(void *d, int v, size_t n) { FAULT; memset(d, v, n); return 0; }
int cudaMemsetAsync(void *d, int v, size_t n, void *s) { FAULT; work(s); memset(d, v, n); return 0; }
int cudaMemGetInfo(size_t *f, size_t *t) { FAULT; *f = *t = 1ul << 33; return 0; }
int cudaGetDeviceCount(int *n) { *n = 1; return 0; }
int cudaGetDevice(int *d) { *d = 0; return 0; }
int cudaSetDevice(int d) { FAULT; return 0; }
int cudaGetDeviceProperties(struct cudaDeviceProp *p, int d) {
  memset(p, 0, sizeof *p);
  strcpy(p->name, "make-believe GPU");
  p->major = 9, p->totalGlobalMem = 1ul << 33, p->warpSize = 32, p->maxThreadsPerBlock = 1024;
  p->multiProcessorCount = 132, p->sharedMemPerBlock = 49152, p->maxGridSize[0] = p->maxThreadsDim[0] = 1024;
  return 0;
}
int cudaDeviceGetAttribute(int *v, int a, int d) { *v = a == 75 ? 9 : a == 76 ? 0 : 1; return 0; }
int cudaRuntimeGetVersion(int *v) { *v = 13000; return 0; }
int cudaDriverGetVersion(int *v) { *v = 13000; return 0; }
int cudaDeviceSynchronize(void) { FAULT; return 0; }
int cudaStreamSynchronize(void *s) { FAULT; work(s); return 0; }
int cudaStreamCreateWithFlags(void **s, unsigned f) { FAULT; return take(s, sizeof(struct stream)); }
int cudaStreamDestroy(void *s) { return 0; }
int cudaStreamWaitEvent(void *s, void *e, unsigned f) { FAULT; return 0; }
int cudaStreamIsCapturing(void *s, int *c) { *c = 0; return 0; }
int cudaEventCreateWithFlags(void **e, unsigned f) { FAULT; return take(e, 64); }
int cudaEventDestroy(void *e) { return 0; }
int cudaEventRecord(void *e, void *s) { FAULT; return 0; }
int cudaEventSynchronize(void *e) { FAULT; return 0; }
int cudaLaunchHostFunc(void *s, void (*f)(void *), void *a) { FAULT; f(a); return 0; }
int cudaGetLastError(void) { int e = make_believe_fault ? make_believe_fault : last; last = 0; return e; }
int cudaPeekAtLastError(void) { return make_believe_fault ? make_believe_fault : last; }
const char *cudaGetErrorString(int e) {
  return e == 700 ? "an illegal memory access was encountered" : e == 2 ? "out of memory" : "a make-believe error";
}
const char *cudaGetErrorName(int e) {
  return e == 700 ? "cudaErrorIllegalAddress" : e == 2 ? "cudaErrorMemoryAllocation" : "cudaErrorMakeBelieve";
}
#endif

#ifdef CUBLAS
struct handle { void *stream; };
int cublasCreate_v2(struct handle **h) { *h = calloc(1, sizeof **h); return 0; }
int cublasDestroy_v2(struct handle *h) { free(h); return 0; }
int cublasSetStream_v2(struct handle *h, void *s) { h->stream = s; return 0; }
int cublasGetMathMode(void *h, int *m) { *m = 0; return 0; }
int cublasSetMathMode(void *h, int m) { return 0; }
const char *cublasGetStatusName(int e) { return "make-believe cuBLAS error"; }
const char *cublasGetStatusString(int e) { return "make-believe cuBLAS error"; }
int cublasSgemm_v2(struct handle *h, int ta, int tb, int m, int n, int k, const float *alpha, const float *a, int lda,
                   const float *b, int ldb, const float *beta, float *c, int ldc) {
  if (ta || tb) return 1;
  if (make_believe_fault) return 13;
  work(h->stream);
  for (int j = 0; j < n; j++) { /* column-major */
    float *to = c + (size_t)j * ldc;
    for (int i = 0; i < m; i++) to[i] = *beta == 0 ? 0 : *beta * to[i];
    for (int l = 0; l < k; l++) {
      float f = *alpha * b[l + (size_t)j * ldb];
      const float *from = a + (size_t)l * lda;
      for (int i = 0; i < m; i++) to[i] += f * from[i];
    }
  }
  return 0;
}
int cublasGemmEx(struct handle *h, int ta, int tb, int m, int n, int k, const float *alpha, const float *a, int at,
                 int lda, const float *b, int bt, int ldb, const float *beta, float *c, int ct, int ldc, int compute,
                 int algo) {
  if (at || bt || ct) return 1; /* CUDA_R_32F */
  return cublasSgemm_v2(h, ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}
#endif

#ifdef CUBLASLT
int cublasLtCreate(void **h) { *h = malloc(64); return 0; }
int cublasLtDestroy(void *h) { free(h); return 0; }
#endif

#ifdef CUDNN
int cudnnCreate(void **h) { *h = malloc(64); return 0; }
int cudnnDestroy(void *h) { free(h); return 0; }
int cudnnSetStream(void *h, void *s) { return 0; }
size_t cudnnGetVersion(void) { return 91000; }
const char *cudnnGetErrorString(int e) { return "make-believe cuDNN error"; }
#endif
