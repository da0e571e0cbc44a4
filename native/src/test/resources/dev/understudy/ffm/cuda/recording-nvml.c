/* A recording libnvidia-ml: not a GPU. It writes down which device each call was for, and answers with numbers that a
 * test knows or the results that it has ordered. */
#include <stdio.h>
#include <string.h>

typedef struct { unsigned int gpu, memory; } utilization;
typedef struct { unsigned long long total, free, used; } memory;

static char record[4096];
static char failing[64];
static int result;

void recording_reset(void) { record[0] = failing[0] = 0; }
void recording_order(const char *function, int r) { snprintf(failing, sizeof failing, "%s", function), result = r; }
const char *recording_calls(void) { return record; }

static int call(const char *function, const char *device) {
  size_t written = strlen(record);
  snprintf(record + written, sizeof record - written, "%s%s %s", written ? "\n" : "", function, device);
  return strcmp(failing, function) ? 0 : result;
}

int nvmlInit_v2(void) { return call(__func__, ""); }
const char *nvmlErrorString(int r) { return r == 9 ? "Driver Not Loaded" : "Not Supported"; }
int nvmlDeviceGetHandleByPciBusId_v2(const char *id, void **device) {
  *device = "device 3b";
  return strcmp(id, "0000:3b:00.0") ? 6 : call(__func__, id);
}
int nvmlDeviceGetUUID(void *device, char *uuid, unsigned int bytes) {
  snprintf(uuid, bytes, "GPU-0123");
  return bytes < 80 ? 7 : call(__func__, device);
}
int nvmlDeviceGetUtilizationRates(void *device, utilization *out) {
  *out = (utilization){37, 11};
  return call(__func__, device);
}
int nvmlDeviceGetMemoryInfo(void *device, memory *out) {
  *out = (memory){80ull << 30, 50ull << 30, 30ull << 30};
  return call(__func__, device);
}
int nvmlDeviceGetPowerUsage(void *device, unsigned int *milliwatts) {
  *milliwatts = 123456;
  return call(__func__, device);
}
int nvmlDeviceGetEnforcedPowerLimit(void *device, unsigned int *milliwatts) {
  *milliwatts = 700000;
  return call(__func__, device);
}
#ifndef WITHOUT_ENERGY
int nvmlDeviceGetTotalEnergyConsumption(void *device, unsigned long long *millijoules) {
  *millijoules = 9876543210987ull;
  return call(__func__, device);
}
#endif
