/// Which requests run together: a pure policy, and the gathering and scattering of rows.
@NullMarked
package dev.understudy.batch;

import org.jspecify.annotations.NullMarked;
