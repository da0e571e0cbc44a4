/// The Open Inference Protocol's JSON and binary forms, to and from requests and outcomes.
@NullMarked
package dev.understudy.server.codec;

import org.jspecify.annotations.NullMarked;
