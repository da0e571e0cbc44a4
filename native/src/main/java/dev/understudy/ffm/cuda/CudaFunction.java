package dev.understudy.ffm.cuda;

/// The functions of the driver that are called, by the names under which its library exports them: `cuda.h` hides some
/// behind a macro of the plain name, whose own export is an older function with other arguments. (The empty comments keep
/// the formatter from filling lines.)
enum CudaFunction {
    INIT("cuInit"), //
    DRIVER_GET_VERSION("cuDriverGetVersion"), //
    GET_ERROR_NAME("cuGetErrorName"), //
    GET_ERROR_STRING("cuGetErrorString"), //
    DEVICE_GET("cuDeviceGet"), //
    DEVICE_GET_COUNT("cuDeviceGetCount"), //
    DEVICE_GET_NAME("cuDeviceGetName"), //
    DEVICE_GET_ATTRIBUTE("cuDeviceGetAttribute"), //
    DEVICE_TOTAL_MEM("cuDeviceTotalMem_v2"), //
    DEVICE_GET_PCI_BUS_ID("cuDeviceGetPCIBusId"), //
    DEVICE_PRIMARY_CTX_RETAIN("cuDevicePrimaryCtxRetain"), //
    DEVICE_PRIMARY_CTX_RELEASE("cuDevicePrimaryCtxRelease_v2"), //
    CTX_SET_CURRENT("cuCtxSetCurrent"), //
    CTX_GET_STREAM_PRIORITY_RANGE("cuCtxGetStreamPriorityRange"), //
    MEM_GET_INFO("cuMemGetInfo_v2"), //
    MEM_HOST_ALLOC("cuMemHostAlloc"), //
    MEM_HOST_GET_DEVICE_POINTER("cuMemHostGetDevicePointer_v2"), //
    MEM_FREE_HOST("cuMemFreeHost"), //
    STREAM_CREATE_WITH_PRIORITY("cuStreamCreateWithPriority"), //
    STREAM_GET_PRIORITY("cuStreamGetPriority"), //
    STREAM_SYNCHRONIZE("cuStreamSynchronize"), //
    STREAM_QUERY("cuStreamQuery"), //
    STREAM_WAIT_VALUE_32("cuStreamWaitValue32_v2"), //
    STREAM_DESTROY("cuStreamDestroy_v2"), //
    EVENT_CREATE("cuEventCreate"), //
    EVENT_RECORD("cuEventRecord"), //
    EVENT_QUERY("cuEventQuery"), //
    EVENT_SYNCHRONIZE("cuEventSynchronize"), //
    EVENT_ELAPSED_TIME("cuEventElapsedTime"), //
    EVENT_DESTROY("cuEventDestroy_v2"), //
    MODULE_LOAD_DATA("cuModuleLoadData"), //
    MODULE_GET_FUNCTION("cuModuleGetFunction"), //
    MODULE_UNLOAD("cuModuleUnload"), //
    LAUNCH_KERNEL("cuLaunchKernel"), //
    DEVICE_GET_DEV_RESOURCE("cuDeviceGetDevResource", CudaFunction.GREEN_CONTEXTS), //
    DEV_SM_RESOURCE_SPLIT_BY_COUNT("cuDevSmResourceSplitByCount", CudaFunction.GREEN_CONTEXTS), //
    DEV_RESOURCE_GENERATE_DESC("cuDevResourceGenerateDesc", CudaFunction.GREEN_CONTEXTS), //
    GREEN_CTX_CREATE("cuGreenCtxCreate", CudaFunction.GREEN_CONTEXTS), //
    GREEN_CTX_GET_DEV_RESOURCE("cuGreenCtxGetDevResource", CudaFunction.GREEN_CONTEXTS), //
    GREEN_CTX_STREAM_CREATE("cuGreenCtxStreamCreate", CudaFunction.GREEN_CONTEXTS), //
    GREEN_CTX_DESTROY("cuGreenCtxDestroy", CudaFunction.GREEN_CONTEXTS);

    /// CUDA 12.0, of which every function without a later version is.
    static final int BASE = 12_000;
    /// CUDA 12.5, the first with all of green contexts.
    static final int GREEN_CONTEXTS = 12_050;

    final String symbol;
    /// The version of CUDA whose drivers have it, as `cuDriverGetVersion` counts.
    final int since;

    CudaFunction(String symbol) {
        this(symbol, CudaFunction.BASE);
    }

    CudaFunction(String symbol, int since) {
        this.symbol = symbol;
        this.since = since;
    }
}
