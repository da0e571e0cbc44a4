package dev.understudy.ffm.cuda;

/// The driver refused a call, or reports by it that earlier work on the GPU failed. Carries no stack trace: mostly it is the
/// machine or the work that is at fault, not the program. Immutable.
public final class CudaFailure extends Exception {
    private static final long serialVersionUID = 1;

    private final String function;
    private final int code;
    private final String name;
    private final String text;

    CudaFailure(String function, int code, String name, String text) {
        super(null, null, false, false);
        this.function = function;
        this.code = code;
        this.name = name;
        this.text = text;
    }

    /// All of it in a line: `cuInit: CUDA_ERROR_NO_DEVICE (100): no CUDA-capable device is detected`.
    @Override
    public String getMessage() {
        return function + ": " + name + " (" + code + "): " + text;
    }

    /// The function that said so, by its exported name: `cuStreamDestroy_v2`. Where the failure is of earlier work, that
    /// function has nothing to do with it.
    public String function() {
        return function;
    }

    /// The `CUresult`.
    public int code() {
        return code;
    }

    /// The driver's name for it: `CUDA_ERROR_ILLEGAL_ADDRESS`.
    public String name() {
        return name;
    }

    /// The driver's own words: `an illegal memory access was encountered`.
    public String text() {
        return text;
    }

    /// Whether the context is lost, so that every later call of anyone in this process will fail too, and only a new process
    /// helps.
    ///
    /// `cuda.h` says so in so many words of most of these ("any further CUDA work will return the same error"). Of a
    /// destroyed context it follows. Of uncorrectable errors of the memory and of NVLink it does not speak; they are taken
    /// for lost, since what was computed after them cannot be trusted. `CUDA_ERROR_UNKNOWN` is not among them: whether it
    /// stays, [CudaContext#fault] tells.
    public boolean sticky() {
        return switch (code) {
            case 214 -> true; // CUDA_ERROR_ECC_UNCORRECTABLE
            case 220 -> true; // CUDA_ERROR_NVLINK_UNCORRECTABLE
            case 226 -> true; // CUDA_ERROR_CONTAINED
            case 700 -> true; // CUDA_ERROR_ILLEGAL_ADDRESS
            case 702 -> true; // CUDA_ERROR_LAUNCH_TIMEOUT
            case 709 -> true; // CUDA_ERROR_CONTEXT_IS_DESTROYED
            case 710 -> true; // CUDA_ERROR_ASSERT
            case 714 -> true; // CUDA_ERROR_HARDWARE_STACK_ERROR
            case 715 -> true; // CUDA_ERROR_ILLEGAL_INSTRUCTION
            case 716 -> true; // CUDA_ERROR_MISALIGNED_ADDRESS
            case 717 -> true; // CUDA_ERROR_INVALID_ADDRESS_SPACE
            case 718 -> true; // CUDA_ERROR_INVALID_PC
            case 719 -> true; // CUDA_ERROR_LAUNCH_FAILED
            case 721 -> true; // CUDA_ERROR_TENSOR_MEMORY_LEAK
            case 810 -> true; // CUDA_ERROR_MPS_CLIENT_TERMINATED
            case 911 -> true; // CUDA_ERROR_EXTERNAL_DEVICE
            default -> false;
        };
    }
}
