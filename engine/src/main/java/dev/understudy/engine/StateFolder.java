package dev.understudy.engine;

import dev.understudy.engine.EngineStartException.Kind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// The engine's own folder, locked while it is open: one engine at a time. Thread-safe.
final class StateFolder implements AutoCloseable {
    private final Path root;
    private final FileChannel channel;

    private StateFolder(Path root, FileChannel channel) {
        this.root = root;
        this.channel = channel;
    }

    /// Opens and locks `state`, making it where it is missing.
    ///
    /// @throws EngineStartException when it cannot be written, is in use, or overlaps the repository
    static StateFolder open(Path state, Path repository) throws EngineStartException {
        Path realRepository = real(repository);
        try {
            Files.createDirectories(state);
            Path root = state.toRealPath();
            if (root.startsWith(realRepository) || realRepository.startsWith(root)) {
                throw new EngineStartException(Kind.STATE, "the state folder " + state + " and the repository "
                        + repository + " must not contain each other");
            }
            FileChannel channel = FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE);
            if (!locked(channel)) {
                channel.close();
                throw new EngineStartException(Kind.STATE,
                        "the state folder " + state + " is in use by another understudy; choose another with --state");
            }
            return new StateFolder(root, channel);
        } catch (IOException e) {
            throw new EngineStartException(Kind.STATE, "the state folder " + state + " cannot be used: " + e, e);
        }
    }

    private static Path real(Path repository) throws EngineStartException {
        try {
            return repository.toRealPath();
        } catch (IOException e) {
            throw new EngineStartException(Kind.REPOSITORY, "the repository " + repository + " cannot be read", e);
        }
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    Path objects() {
        return root.resolve("objects");
    }

    Path roles() {
        return root.resolve("roles");
    }

    Path criteria() {
        return root.resolve("criteria");
    }

    Path noise() {
        return root.resolve("noise");
    }

    Path journal() {
        return root.resolve("journal");
    }

    Path strikes() {
        return root.resolve("strikes");
    }

    Path marks() {
        return root.resolve("marks");
    }

    Path natives() {
        return root.resolve("native");
    }

    /// Releases the lock.
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new IllegalStateException("cannot release the state folder", e);
        }
    }
}
