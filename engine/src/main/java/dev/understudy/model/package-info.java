/// Model versions, their configuration, and the watched repository they come from.
@NullMarked
package dev.understudy.model;

import org.jspecify.annotations.NullMarked;
