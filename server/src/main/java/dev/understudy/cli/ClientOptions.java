package dev.understudy.cli;

import dev.understudy.server.management.Token;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Where a client command finds the server, and whether it answers a person or a script.
final class ClientOptions {
    private static final String URL_OPTION = "--management-url";
    private static final String URL_VARIABLE = "UNDERSTUDY_URL";
    private static final String URL_DEFAULT = "http://127.0.0.1:8002";

    @Option(names = URL_OPTION, paramLabel = "URL", description = "The server's management address (default: $"
            + URL_VARIABLE + ", else " + URL_DEFAULT + ").")
    private @Nullable String url;

    @Option(names = "--token-file", paramLabel = "FILE", defaultValue = "${env:UNDERSTUDY_TOKEN_FILE}", description = "File with the management token (default: $UNDERSTUDY_TOKEN_FILE).")
    private @Nullable Path tokenFile;

    @Option(names = "--json", description = "Print the API's JSON.")
    private boolean json;

    boolean json() {
        return json;
    }

    /// @throws CommandFailure when the address or the token cannot be used
    ManagementClient client() throws CommandFailure {
        return new ManagementClient(address(url, System.getenv(URL_VARIABLE)),
                tokenFile == null ? null : token(tokenFile));
    }

    private static String token(Path file) throws CommandFailure {
        try {
            return Token.secret(file);
        } catch (IOException _) {
            throw new CommandFailure(ExitCode.USAGE, "the token file " + file + " cannot be read");
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, "the token file " + file + " " + e.getMessage());
        }
    }

    /// The address from the option, else from the environment, else the usual one.
    static URI address(@Nullable String option, @Nullable String variable) throws CommandFailure {
        if (option != null) {
            return parsed(URL_OPTION, option);
        }
        return variable == null || variable.isEmpty()
                ? parsed(URL_OPTION, URL_DEFAULT)
                : parsed("the environment's " + URL_VARIABLE, variable);
    }

    private static URI parsed(String source, String url) throws CommandFailure {
        try {
            URI uri = new URI(url.replaceAll("/+$", ""));
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return uri;
            }
        } catch (URISyntaxException _) {
            // Refused below, as an address of another kind is.
        }
        throw new CommandFailure(ExitCode.USAGE,
                source + " takes an address such as http://127.0.0.1:8002, not `" + url + "`");
    }
}
