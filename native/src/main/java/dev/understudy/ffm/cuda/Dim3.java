package dev.understudy.ffm.cuda;

/// The extents of a grid in blocks, or of a block in threads.
///
/// @param x at least 1, as the others
public record Dim3(int x, int y, int z) {
    public Dim3 {
        if (x < 1 || y < 1 || z < 1) {
            throw new IllegalArgumentException("x=" + x + ", y=" + y + ", z=" + z + ": each must be at least 1");
        }
    }

    /// Of one dimension.
    public static Dim3 of(int x) {
        return new Dim3(x, 1, 1);
    }
}
