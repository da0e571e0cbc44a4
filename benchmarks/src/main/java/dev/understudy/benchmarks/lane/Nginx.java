package dev.understudy.benchmarks.lane;

import dev.understudy.benchmarks.ServerProcess;
import dev.understudy.benchmarks.ServerProcess.Launch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// nginx in front of two servers: on one port it only passes requests on, on the other it also sends a copy of each to the
/// second server, by its `mirror` directive. Its configuration and files are its own; the system's service is never
/// touched. Not thread-safe; owned by the thread that measures.
///
/// @param process    nginx and its workers
/// @param plainPort  passes on
/// @param mirrorPort passes on and mirrors
record Nginx(ServerProcess process, int plainPort, int mirrorPort) implements AutoCloseable {
    private static final List<Path> PLACES = List.of(Path.of("/usr/sbin/nginx"), Path.of("/usr/bin/nginx"),
            Path.of("/usr/local/bin/nginx"), Path.of("/opt/homebrew/bin/nginx"));

    static boolean isInstalled() {
        return PLACES.stream().anyMatch(Files::isExecutable);
    }

    /// Keeps its files in `folder`.
    static Nginx start(Path folder, int championPort, int challengerPort) throws IOException {
        int plainPort = ServerProcess.freePort();
        int mirrorPort = ServerProcess.freePort();
        Path config = Files.writeString(folder.resolve("nginx.conf"), """
                daemon off;
                worker_processes auto;
                pid %1$s/nginx.pid;
                error_log %1$s/nginx.log warn;
                events { worker_connections 1024; }
                http {
                    access_log off;
                    client_body_temp_path %1$s/body;
                    proxy_temp_path %1$s/proxy;
                    fastcgi_temp_path %1$s/fastcgi;
                    uwsgi_temp_path %1$s/uwsgi;
                    scgi_temp_path %1$s/scgi;
                    client_body_buffer_size 256k;
                    keepalive_timeout 1h;
                    keepalive_requests 1000000000;
                    proxy_http_version 1.1;
                    proxy_set_header Connection "";
                    upstream champion {
                        server 127.0.0.1:%2$d;
                        keepalive 128;
                        keepalive_requests 1000000000;
                    }
                    upstream challenger {
                        server 127.0.0.1:%3$d;
                        keepalive 128;
                        keepalive_requests 1000000000;
                    }
                    server {
                        listen 127.0.0.1:%4$d;
                        location / { proxy_pass http://champion; }
                    }
                    server {
                        listen 127.0.0.1:%5$d;
                        location / { mirror /mirror; proxy_pass http://champion; }
                        location = /mirror { internal; proxy_pass http://challenger$request_uri; }
                    }
                }
                """.formatted(folder, championPort, challengerPort, plainPort, mirrorPort));
        Path program = PLACES.stream().filter(Files::isExecutable).findFirst().orElseThrow();
        // Said before it listens, since nginx itself says nothing; `await` waits for the port.
        Launch launch = new Launch(List.of("/bin/sh", "-c",
                "echo ready; exec '" + program + "' -p '" + folder + "' -e '" + folder + "/nginx.log' -c '" + config
                        + "'"),
                Map.of());
        ServerProcess process = ServerProcess.start(launch, plainPort, folder.resolve("nginx.errors"));
        try {
            HttpRequest.await(mirrorPort);
            return new Nginx(process, plainPort, mirrorPort);
        } catch (IOException e) {
            process.close();
            throw new IOException("nginx does not listen: " + Files.readString(folder.resolve("nginx.errors")).strip(),
                    e);
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
