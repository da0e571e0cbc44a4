package dev.understudy.checkup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is read off a machine, from files that are made up and some that are there.
@SuppressWarnings("NullAway.Init")
final class MachineFactsTest {
    @TempDir
    private Path folder;

    private Path file(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    @Test
    void theTightestLimitOfAllGroupsHolds() throws Exception {
        Path own = file("self", "1:cpu:/old\n0::/a/b\n");
        Path root = folder.resolve("cgroup");
        file("cgroup/a/b/cpu.max", "max 100000\n");
        file("cgroup/a/b/memory.max", "4096\n");
        file("cgroup/a/cpu.max", "150000 100000\n");
        file("cgroup/a/memory.max", "max\n");
        file("cgroup/cpu.max", "400000 100000\n");
        assertEquals(new CgroupLimits(OptionalDouble.of(1.5), OptionalLong.of(4096)), CgroupLimits.read(root, own));
    }

    @Test
    void aGroupOutsideTheNamespaceLeavesTheNamespacesOwnLimits() throws Exception {
        file("cgroup/memory.max", "4096\n");
        assertEquals(OptionalLong.of(4096),
                CgroupLimits.read(folder.resolve("cgroup"), file("self", "0::/../other\n")).memoryBytes());
        assertEquals(OptionalLong.of(4096),
                CgroupLimits.read(folder.resolve("cgroup"), file("old", "4:cpu:/a\n")).memoryBytes());
    }

    @Test
    void limitsThatAreNotThereOrNotUnderstoodAreNone() throws Exception {
        CgroupLimits none = new CgroupLimits(OptionalDouble.empty(), OptionalLong.empty());
        assertEquals(none, CgroupLimits.read(folder.resolve("none"), folder.resolve("neither")));
        file("cgroup/cpu.max", "some words here\n");
        file("cgroup/memory.max", "much\n");
        assertEquals(none, CgroupLimits.read(folder.resolve("cgroup"), file("self", "0::/\n")));
    }

    @Test
    void onlyAnNvidiaDisplayControllerIsAGpu() throws Exception {
        assertFalse(GpuSight.onBus(folder.resolve("none")));
        file("pci/0/vendor", "0x10de\n");
        file("pci/0/class", "0x040300\n");
        file("pci/1/vendor", "0x8086\n");
        file("pci/1/class", "0x030000\n");
        assertFalse(GpuSight.onBus(folder.resolve("pci")), "the sound of one, and another's display");
        file("pci/2/vendor", "0x10de\n");
        file("pci/2/class", "0x030200\n");
        assertTrue(GpuSight.onBus(folder.resolve("pci")));
    }

    @Test
    void aStarStandsForAnyFolderOfOneStep() throws Exception {
        file("py/lib/python3.13/site-packages/nvidia/cublas/lib/x", "");
        file("py/lib/python2.7/site-packages/nvidia/cublas/lib/x", "");
        assertEquals(List.of(folder.resolve("py/lib/python3.13/site-packages/nvidia/cublas/lib")),
                CudaLibraries.matching(folder.resolve("py"), "/lib/python3*/site-packages/nvidia/*/lib"));
        assertEquals(List.of(), CudaLibraries.matching(folder, "/none/*/lib"));
    }

    @Test
    void whatTheProviderNeedsIsLookedForAndCudnnInAnyCase() throws Exception {
        file("here/libcublas.so.12", "");
        Map<String, Path> loader = Map.of("libcudart.so.12", Path.of("/usr/lib/libcudart.so.12.9"));
        assertEquals(List.of(
                new CudaLibrary("libcublas.so.12", true, Optional.empty(), Optional.of(folder.resolve("here"))),
                new CudaLibrary("libcudart.so.12", true, Optional.of(Path.of("/usr/lib/libcudart.so.12.9")),
                        Optional.empty()),
                new CudaLibrary("libcudnn.so.9", false, Optional.empty(), Optional.empty())),
                CudaLibraries.look(List.of("libcublas.so.12", "libcudart.so.12", "libcuda.so.1", "libc.so.6"),
                        name -> Optional.ofNullable(loader.get(name)), List.of(folder, folder.resolve("here"))));
    }

    @Test
    void aLibrarysNeedsAreReadFromItsFile() throws Exception {
        Path jvm = Path.of(System.getProperty("java.home"), "lib", "server", "libjvm.so");
        assumeTrue(Files.exists(jvm), "needs a JDK for Linux");
        List<String> needed = NeededLibraries.of(jvm);
        assertTrue(needed.stream().anyMatch(name -> name.startsWith("libc.")), needed::toString);
        assertTrue(needed.stream().allMatch(name -> name.matches("[A-Za-z0-9_.+-]+\\.so(\\.\\d+)*")), needed::toString);
    }

    @Test
    void aFileThatIsCutShortOrNoLibraryIsRefusedAndNotReadWrong() throws Exception {
        Path jvm = Path.of(System.getProperty("java.home"), "lib", "libjava.so");
        assumeTrue(Files.exists(jvm), "needs a JDK for Linux");
        byte[] whole = Files.readAllBytes(jvm);
        for (int length : new int[]{0, 7, 20, 63, 64, 200, 1000}) {
            Path cut = Files.write(folder.resolve("cut-" + length), Arrays.copyOf(whole, length));
            assertThrows(IOException.class, () -> NeededLibraries.of(cut), "cut to " + length);
        }
        Path text = file("text", "no library at all, and long enough for its header to be looked at, is it not?");
        assertThrows(IOException.class, () -> NeededLibraries.of(text));
    }
}
