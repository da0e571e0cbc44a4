package dev.understudy.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;

/// What tells one state of a file from another without reading it. Immutable. Links are followed, so another target
/// is another state.
///
/// @param changed the inode's change time: it tells a file that was rewritten and then given its old time back
/// @param key     device and inode
record FileStamp(Kind kind, long bytes, FileTime modified, FileTime changed, Object key) {
    enum Kind {
        FILE, FOLDER, OTHER
    }

    /// @throws java.nio.file.NoSuchFileException when there is nothing, or only a link to nothing
    static FileStamp of(Path path) throws IOException {
        Map<String, Object> found = Files.readAttributes(path,
                "unix:isRegularFile,isDirectory,size,lastModifiedTime,ctime,fileKey");
        Kind kind = is(found, "isRegularFile") ? Kind.FILE : is(found, "isDirectory") ? Kind.FOLDER : Kind.OTHER;
        return new FileStamp(kind, (Long) get(found, "size"), (FileTime) get(found, "lastModifiedTime"),
                (FileTime) get(found, "ctime"), get(found, "fileKey"));
    }

    boolean isFile() {
        return kind == Kind.FILE;
    }

    boolean isFolder() {
        return kind == Kind.FOLDER;
    }

    private static boolean is(Map<String, Object> found, String attribute) {
        return (Boolean) get(found, attribute);
    }

    private static Object get(Map<String, Object> found, String attribute) {
        return Objects.requireNonNull(found.get(attribute), attribute);
    }
}
