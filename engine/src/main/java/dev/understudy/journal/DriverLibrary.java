package dev.understudy.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/// The native library of the database's driver, as it lies in the temporary directory. Stateless.
final class DriverLibrary {
    private static final Pattern UNPACKED = Pattern.compile("libduckdb_java\\d+\\.so");

    private DriverLibrary() {}

    /// The driver unpacks its native library into the temporary directory and deletes it on a clean exit only. Once it
    /// is mapped, the file is not needed any more; deleting it now leaves nothing behind after a kill.
    static void deleteUnpacked() {
        try {
            Path temporary = Path.of(System.getProperty("java.io.tmpdir")).toRealPath();
            List<String> maps = Files.readAllLines(Path.of("/proc/self/maps"));
            for (String line : maps) {
                int start = line.indexOf('/');
                if (start < 0) {
                    continue;
                }
                Path file = Path.of(line.substring(start));
                if (temporary.equals(file.getParent())
                        && UNPACKED.matcher(String.valueOf(file.getFileName())).matches()) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            System.getLogger(DriverLibrary.class.getName()).log(System.Logger.Level.DEBUG,
                    "the unpacked database library stays until exit", e);
        }
    }
}
