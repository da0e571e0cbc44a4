package dev.understudy.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Reads a configuration file as text.
final class ConfigText {
    /// A configuration is written by hand; anything larger is another file under its name.
    static final int FILE_BYTES_MAX = 1 << 20;

    private ConfigText() {}

    /// The file's text, without a byte order mark.
    ///
    /// @throws InvalidConfigException when it is too large or no UTF-8 text
    /// @throws IOException            when the file cannot be read, or is none
    static String read(Path file) throws IOException, InvalidConfigException {
        byte[] bytes;
        // Whoever opens a pipe waits for somebody to write into it.
        if (!FileStamp.of(file).isFile()) {
            throw new IOException("not a file");
        }
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(FILE_BYTES_MAX + 1);
        }
        if (bytes.length > FILE_BYTES_MAX) {
            throw new InvalidConfigException(1, "the file is larger than 1 MiB");
        }
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new InvalidConfigException(1, "the file is not UTF-8 text");
        }
    }
}
