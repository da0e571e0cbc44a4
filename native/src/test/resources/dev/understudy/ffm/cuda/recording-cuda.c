/* A recording CUDA driver: not a GPU. It writes down each call's name and arguments, hands out numbers for handles, knows
 * which of them are alive, and answers with the results that a test has ordered. Nothing is computed, and a stream or an
 * event is always done.
 *
 * Where CUDA's header is at hand the definitions below are compiled against it, so that their arguments are proven to be
 * the real ones; elsewhere its types are stood in for. */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if __has_include(<cuda.h>)
#include <cuda.h>
#undef cuEventElapsedTime /* the macro of the newer name */
#else
typedef int CUresult, CUdevice, CUdevice_attribute, CUdevResourceType;
typedef unsigned long long CUdeviceptr;
typedef uint32_t cuuint32_t;
typedef void *CUcontext, *CUstream, *CUevent, *CUmodule, *CUfunction, *CUgreenCtx, *CUdevResourceDesc;
typedef struct {
  int type;
  unsigned char _internal_padding[92];
  union {
    struct { unsigned int smCount, minSmPartitionSize, smCoscheduledAlignment; } sm;
    unsigned char _oversize[48];
  };
} CUdevResource;
#endif
_Static_assert(sizeof(CUdevResource) == 144, "the driver's binary interface");

enum { HANDLES = 256, ORDERS = 8, FIRST = 0x100, DEVICE = 7 };
#define INVALID_HANDLE 400
#ifndef GREATEST_PRIORITY
#define GREATEST_PRIORITY (-5)
#endif

static char record[1 << 16];
static size_t written;
static struct { char function[64]; int result; } orders[ORDERS];
static const char *alive[HANDLES]; /* by handle - FIRST: what it is */
static int handles;
static int version = 13000;
static unsigned multiprocessors = 132, granted, grantedOnReading;
static int parameters;

/* ---- what a test asks */

void recording_reset(void) {
  written = 0, record[0] = 0, handles = 0;
  memset(orders, 0, sizeof orders);
  memset(alive, 0, sizeof alive);
  version = 13000, multiprocessors = 132, granted = grantedOnReading = 0, parameters = 0;
}
const char *recording_calls(void) { return record; }
void recording_order(const char *function, int result) {
  for (int i = 0; i < ORDERS; i++) {
    if (!orders[i].function[0] || !strcmp(orders[i].function, function)) {
      snprintf(orders[i].function, sizeof orders[i].function, "%s", function);
      orders[i].result = result;
      return;
    }
  }
  abort();
}
void recording_version(int v) { version = v; }
void recording_multiprocessors(int n) { multiprocessors = n; }
void recording_granted(int n) { grantedOnReading = n; }
void recording_parameters(int n) { parameters = n; }
int recording_alive(void) {
  int n = 0;
  for (int i = 0; i < handles; i++) n += alive[i] != NULL;
  return n;
}

/* ---- recording */

static void note(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  written += vsnprintf(record + written, sizeof record - written, format, arguments);
  va_end(arguments);
  if (written >= sizeof record) abort();
}
static int ordered(const char *function) {
  for (int i = 0; i < ORDERS; i++) if (!strcmp(orders[i].function, function)) return orders[i].result;
  return 0;
}
static void *make(const char *what) {
  if (handles == HANDLES) abort();
  alive[handles] = what;
  note(" -> 0x%x", FIRST + handles);
  return (void *)(uintptr_t)(FIRST + handles++);
}
static int is(const void *handle, const char *what) {
  uintptr_t place = (uintptr_t)handle - FIRST;
  return place < (uintptr_t)handles && alive[place] && !strcmp(alive[place], what);
}
static CUresult end(const void *handle, const char *what) {
  if (!is(handle, what)) return INVALID_HANDLE;
  alive[(uintptr_t)handle - FIRST] = NULL;
  return 0;
}
#define CALL(...)                                                  \
  do {                                                             \
    note("%s%s", written ? "\n" : "", __func__);                   \
    note(__VA_ARGS__);                                             \
    if (ordered(__func__)) return ordered(__func__);               \
  } while (0)

CUresult cuInit(unsigned int flags) { CALL(" %u", flags); return 0; }
CUresult cuDriverGetVersion(int *v) { CALL(""); *v = version; return 0; }
static const struct { int result; const char *name, *text; } words[] = {
    {1, "CUDA_ERROR_INVALID_VALUE", "invalid argument"},
    {2, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory"},
    {4, "CUDA_ERROR_DEINITIALIZED", "driver shutting down"},
    {100, "CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected"},
    {400, "CUDA_ERROR_INVALID_HANDLE", "invalid resource handle"},
    {600, "CUDA_ERROR_NOT_READY", "device not ready"},
    {700, "CUDA_ERROR_ILLEGAL_ADDRESS", "an illegal memory access was encountered"},
};
static CUresult word(int result, const char **out, int text) {
  *out = NULL;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (words[i].result == result) *out = text ? words[i].text : words[i].name;
  return *out ? 0 : 1;
}
CUresult cuGetErrorName(CUresult error, const char **out) { return word(error, out, 0); }
CUresult cuGetErrorString(CUresult error, const char **out) { return word(error, out, 1); }

/* ---- devices and contexts */

CUresult cuDeviceGetCount(int *n) { CALL(""); *n = 1; return 0; }
CUresult cuDeviceGet(CUdevice *device, int ordinal) {
  CALL(" %d", ordinal);
  *device = DEVICE;
  return ordinal ? 101 : 0;
}
CUresult cuDeviceGetName(char *name, int bytes, CUdevice device) {
  CALL(" %d %d", bytes, device);
  snprintf(name, bytes, "not a GPU");
  return 0;
}
CUresult cuDeviceGetAttribute(int *value, CUdevice_attribute attribute, CUdevice device) {
  CALL(" %d %d", attribute, device);
  *value = attribute == 16 ? (int)multiprocessors : attribute == 75 ? 9 : 4;
  return 0;
}
CUresult cuDeviceTotalMem_v2(size_t *bytes, CUdevice device) { CALL(" %d", device); *bytes = 80ull << 30; return 0; }
CUresult cuDeviceGetPCIBusId(char *id, int bytes, CUdevice device) {
  CALL(" %d %d", bytes, device);
  snprintf(id, bytes, "0000:3b:00.0");
  return 0;
}
CUresult cuDevicePrimaryCtxRetain(CUcontext *context, CUdevice device) {
  CALL(" %d", device);
  *context = make("context");
  return 0;
}
CUresult cuDevicePrimaryCtxRelease_v2(CUdevice device) {
  CALL(" %d", device);
  for (int i = 0; i < handles; i++)
    if (is((void *)(uintptr_t)(FIRST + i), "context")) return end((void *)(uintptr_t)(FIRST + i), "context");
  return 201;
}
CUresult cuCtxSetCurrent(CUcontext context) { CALL(" %p", (void *)context); return is(context, "context") ? 0 : 201; }
CUresult cuCtxGetStreamPriorityRange(int *least, int *greatest) { CALL(""); *least = 0, *greatest = GREATEST_PRIORITY; return 0; }
CUresult cuMemGetInfo_v2(size_t *unused, size_t *total) {
  CALL("");
  *unused = 60ull << 30, *total = 80ull << 30;
  return 0;
}

/* ---- streams and events */

static int priorities[HANDLES]; /* by handle - FIRST */
static CUresult stream(CUstream *out, int priority) {
  *out = make("stream");
  priorities[handles - 1] = priority < -5 ? -5 : priority > 0 ? 0 : priority;
  return 0;
}
CUresult cuStreamCreateWithPriority(CUstream *out, unsigned int flags, int priority) {
  CALL(" %u %d", flags, priority);
  return stream(out, priority);
}
CUresult cuStreamGetPriority(CUstream s, int *priority) {
  CALL(" %p", (void *)s);
  if (!is(s, "stream")) return INVALID_HANDLE;
  *priority = priorities[(uintptr_t)s - FIRST];
  return 0;
}
CUresult cuStreamSynchronize(CUstream s) { CALL(" %p", (void *)s); return is(s, "stream") ? 0 : INVALID_HANDLE; }
CUresult cuStreamQuery(CUstream s) { CALL(" %p", (void *)s); return !s || is(s, "stream") ? 0 : INVALID_HANDLE; }
CUresult cuStreamDestroy_v2(CUstream s) { CALL(" %p", (void *)s); return end(s, "stream"); }
#ifndef WITHOUT_WAIT_VALUE
CUresult cuStreamWaitValue32_v2(CUstream s, CUdeviceptr address, cuuint32_t value, unsigned int flags) {
  CALL(" %p 0x%llx %u %u", (void *)s, (unsigned long long)address, value, flags);
  return is(s, "stream") ? 0 : INVALID_HANDLE;
}
#endif
CUresult cuEventCreate(CUevent *out, unsigned int flags) { CALL(" %u", flags); *out = make("event"); return 0; }
CUresult cuEventRecord(CUevent e, CUstream s) {
  CALL(" %p %p", (void *)e, (void *)s);
  return is(e, "event") && is(s, "stream") ? 0 : INVALID_HANDLE;
}
CUresult cuEventQuery(CUevent e) { CALL(" %p", (void *)e); return is(e, "event") ? 0 : INVALID_HANDLE; }
CUresult cuEventSynchronize(CUevent e) { CALL(" %p", (void *)e); return is(e, "event") ? 0 : INVALID_HANDLE; }
CUresult cuEventElapsedTime(float *millis, CUevent from, CUevent to) {
  CALL(" %p %p", (void *)from, (void *)to);
  *millis = 1.5f;
  return is(from, "event") && is(to, "event") ? 0 : INVALID_HANDLE;
}
CUresult cuEventDestroy_v2(CUevent e) { CALL(" %p", (void *)e); return end(e, "event"); }

/* ---- pinned memory: the process's own; the device "sees" it elsewhere */

static void *pinned[HANDLES];
CUresult cuMemHostAlloc(void **out, size_t bytes, unsigned int flags) {
  CALL(" %zu %u", bytes, flags);
  void *handle = make("pinned");
  *out = pinned[(uintptr_t)handle - FIRST] = calloc(1, bytes);
  return 0;
}
CUresult cuMemHostGetDevicePointer_v2(CUdeviceptr *out, void *host, unsigned int flags) {
  CALL(" %p %u", host, flags);
  *out = (uintptr_t)host + (1ull << 40);
  return 0;
}
CUresult cuMemFreeHost(void *host) {
  CALL(" %p", host);
  for (int i = 0; i < handles; i++) {
    if (alive[i] && pinned[i] == host && !strcmp(alive[i], "pinned")) {
      free(host);
      pinned[i] = NULL;
      return end((void *)(uintptr_t)(FIRST + i), "pinned");
    }
  }
  return 1;
}

/* ---- kernels */

CUresult cuModuleLoadData(CUmodule *out, const void *image) {
  CALL(" \"%s\"", (const char *)image);
  *out = make("module");
  return 0;
}
CUresult cuModuleGetFunction(CUfunction *out, CUmodule module, const char *name) {
  CALL(" %p \"%s\"", (void *)module, name);
  *out = (CUfunction)0xf00;
  return is(module, "module") ? 0 : INVALID_HANDLE;
}
CUresult cuModuleUnload(CUmodule module) { CALL(" %p", (void *)module); return end(module, "module"); }
CUresult cuLaunchKernel(CUfunction f, unsigned int gx, unsigned int gy, unsigned int gz, unsigned int bx,
                        unsigned int by, unsigned int bz, unsigned int shared, CUstream s, void **arguments,
                        void **extra) {
  CALL(" %p %u %u %u %u %u %u %u %p", (void *)f, gx, gy, gz, bx, by, bz, shared, (void *)s);
  for (int i = 0; i < parameters; i++) note(" 0x%llx", *(unsigned long long *)arguments[i]);
  return extra ? 1 : is(s, "stream") ? 0 : INVALID_HANDLE;
}

/* ---- green contexts: groups of eight multiprocessors, as on an H100 */

#ifndef WITHOUT_GREEN_CONTEXTS
static void resource(CUdevResource *out, unsigned n) { /* all of its bytes mean something to a driver */
  memset(out, 0x5a, sizeof *out);
  out->type = n ? 1 : 0, out->sm.smCount = n, out->sm.minSmPartitionSize = out->sm.smCoscheduledAlignment = 8;
}
static int whole(const CUdevResource *r, unsigned n) {
  CUdevResource expected;
  resource(&expected, n);
  return !memcmp(r, &expected, sizeof expected);
}
CUresult cuDeviceGetDevResource(CUdevice device, CUdevResource *out, CUdevResourceType type) {
  CALL(" %d %d", device, type);
  resource(out, multiprocessors);
  return 0;
}
CUresult cuDevSmResourceSplitByCount(CUdevResource *result, unsigned int *groups, const CUdevResource *input,
                                     CUdevResource *remaining, unsigned int flags, unsigned int minimum) {
  CALL(" %u %u %u", *groups, flags, minimum);
  if (!whole(input, multiprocessors) || *groups != 1) return 1;
  granted = (minimum + 7) / 8 * 8;
  *groups = granted <= multiprocessors;
  resource(result, granted);
  resource(remaining, *groups ? multiprocessors - granted : multiprocessors);
  return 0;
}
CUresult cuDevResourceGenerateDesc(CUdevResourceDesc *out, CUdevResource *resources, unsigned int n) {
  CALL(" %u", n);
  *out = (CUdevResourceDesc)0xde5c;
  return n == 1 && whole(resources, granted) ? 0 : 915;
}
CUresult cuGreenCtxCreate(CUgreenCtx *out, CUdevResourceDesc description, CUdevice device, unsigned int flags) {
  CALL(" %p %d %u", (void *)description, device, flags);
  *out = make("green");
  return 0;
}
CUresult cuGreenCtxGetDevResource(CUgreenCtx green, CUdevResource *out, CUdevResourceType type) {
  CALL(" %p %d", (void *)green, type);
  resource(out, grantedOnReading ? grantedOnReading : granted);
  return is(green, "green") ? 0 : INVALID_HANDLE;
}
CUresult cuGreenCtxStreamCreate(CUstream *out, CUgreenCtx green, unsigned int flags, int priority) {
  CALL(" %p %u %d", (void *)green, flags, priority);
  return is(green, "green") ? stream(out, priority) : INVALID_HANDLE;
}
CUresult cuGreenCtxDestroy(CUgreenCtx green) { CALL(" %p", (void *)green); return end(green, "green"); }
#endif
