package dev.understudy.ffm.ort;

/// The functions of the C API that are called, by their places in its table. The public header `onnxruntime_c_api.h` only
/// ever appends, so a place never changes; each is proven by use in the tests.
enum OrtFunction {
    GET_ERROR_CODE(1), GET_ERROR_MESSAGE(2), CREATE_ENV(3), CREATE_SESSION(7), RUN(9), CREATE_SESSION_OPTIONS(
            10), SET_SESSION_LOG_SEVERITY_LEVEL(22), SET_INTRA_OP_NUM_THREADS(24), SET_INTER_OP_NUM_THREADS(
                    25), SESSION_GET_INPUT_COUNT(30), SESSION_GET_OUTPUT_COUNT(
                            31), SESSION_GET_OVERRIDABLE_INITIALIZER_COUNT(32), SESSION_GET_INPUT_TYPE_INFO(
                                    33), SESSION_GET_OUTPUT_TYPE_INFO(
                                            34), SESSION_GET_OVERRIDABLE_INITIALIZER_TYPE_INFO(
                                                    35), SESSION_GET_INPUT_NAME(36), SESSION_GET_OUTPUT_NAME(
                                                            37), SESSION_GET_OVERRIDABLE_INITIALIZER_NAME(
                                                                    38), CREATE_RUN_OPTIONS(
                                                                            39), RUN_OPTIONS_SET_RUN_LOG_SEVERITY_LEVEL(
                                                                                    41), RUN_OPTIONS_SET_TERMINATE(
                                                                                            46), RUN_OPTIONS_UNSET_TERMINATE(
                                                                                                    47), CREATE_TENSOR_AS_ORT_VALUE(
                                                                                                            48), CREATE_TENSOR_WITH_DATA_AS_ORT_VALUE(
                                                                                                                    49), GET_TENSOR_MUTABLE_DATA(
                                                                                                                            51), GET_STRING_TENSOR_DATA_LENGTH(
                                                                                                                                    53), GET_STRING_TENSOR_CONTENT(
                                                                                                                                            54), CAST_TYPE_INFO_TO_TENSOR_INFO(
                                                                                                                                                    55), GET_ONNX_TYPE_FROM_TYPE_INFO(
                                                                                                                                                            56), GET_TENSOR_ELEMENT_TYPE(
                                                                                                                                                                    60), GET_DIMENSIONS_COUNT(
                                                                                                                                                                            61), GET_DIMENSIONS(
                                                                                                                                                                                    62), GET_SYMBOLIC_DIMENSIONS(
                                                                                                                                                                                            63), CREATE_CPU_MEMORY_INFO(
                                                                                                                                                                                                    69), ALLOCATOR_FREE(
                                                                                                                                                                                                            76), GET_ALLOCATOR_WITH_DEFAULT_OPTIONS(
                                                                                                                                                                                                                    78), RELEASE_STATUS(
                                                                                                                                                                                                                            93), RELEASE_SESSION(
                                                                                                                                                                                                                                    95), RELEASE_VALUE(
                                                                                                                                                                                                                                            96), RELEASE_RUN_OPTIONS(
                                                                                                                                                                                                                                                    97), RELEASE_TYPE_INFO(
                                                                                                                                                                                                                                                            98), RELEASE_SESSION_OPTIONS(
                                                                                                                                                                                                                                                                    100), ADD_SESSION_CONFIG_ENTRY(
                                                                                                                                                                                                                                                                            130), CAST_TYPE_INFO_TO_OPTIONAL_TYPE_INFO(
                                                                                                                                                                                                                                                                                    250), GET_OPTIONAL_CONTAINED_TYPE_INFO(
                                                                                                                                                                                                                                                                                            251), GET_RESIZED_STRING_TENSOR_ELEMENT_BUFFER(
                                                                                                                                                                                                                                                                                                    252), TENSOR_TYPE_AND_SHAPE_HAS_SHAPE(
                                                                                                                                                                                                                                                                                                            390), GET_TENSOR_ELEMENT_TYPE_AND_SHAPE_DATA_REFERENCE(
                                                                                                                                                                                                                                                                                                                    414);

    /// The version of the API that has all of these.
    static final int API_VERSION = 24;

    final int place;

    OrtFunction(int place) {
        this.place = place;
    }
}
