package dev.understudy.server.management;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// A management server over a made-up engine, where one challenger rehearses, and somebody who calls it. New for each test.
@SuppressWarnings("NullAway.Init")
abstract class ManagementStage {
    static final String CHALLENGER = "/models/digits/challengers/2";

    final StageView view = new StageView();
    ManagementServer server;
    Caller caller;

    @BeforeEach
    void start() throws Exception {
        view.models = List.of(Cast.model("digits", Cast.challenger("2", Cast.CHALLENGER_SHA)));
        server = ManagementServer.start(view, ManagementConfig.of("127.0.0.1", 0, null));
        caller = new Caller(server.port());
    }

    @AfterEach
    void stop() {
        caller.close();
        server.close();
    }
}
