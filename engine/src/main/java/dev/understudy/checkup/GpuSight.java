package dev.understudy.checkup;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// Whether the system shows a GPU of NVIDIA's, which needs no driver. Thread-safe: stateless.
final class GpuSight {
    private static final Path PCI = Path.of("/sys/bus/pci/devices");
    private static final String NVIDIA = "0x10de";
    /// Display controllers, those without a display among them.
    private static final String DISPLAY = "0x03";

    private GpuSight() {}

    /// On the PCI bus, or as the device file of a driver or of Windows' subsystem for Linux.
    static boolean any() {
        return onBus(PCI) || Files.exists(Path.of("/dev/nvidia0")) || Files.exists(Path.of("/dev/dxg"));
    }

    /// @param devices a folder for each device, with files `vendor` and `class`
    static boolean onBus(Path devices) {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(devices)) {
            for (Path device : entries) {
                if (Files.readString(device.resolve("vendor")).startsWith(NVIDIA)
                        && Files.readString(device.resolve("class")).startsWith(DISPLAY)) {
                    return true;
                }
            }
            return false;
        } catch (IOException | DirectoryIteratorException e) {
            return false;
        }
    }
}
