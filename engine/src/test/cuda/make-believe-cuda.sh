#!/usr/bin/env bash
# make-believe-cuda.sh PROVIDER DIR: builds make-believe-cuda.c into DIR as the CUDA 13 libraries, each with a function
# that fails for every other symbol that PROVIDER, ONNX Runtime's libonnxruntime_providers_cuda.so, wants from it.
# Needs gcc, nm and CUDA's headers (CUDA_HOME, else /usr/local/cuda).
set -euo pipefail
provider=$1 dir=$2 source=$(dirname "$(readlink -f "$0")")/make-believe-cuda.c
mkdir -p "$dir"
for part in CUDA:libcuda.so.1 CUDART:libcudart.so.13 CUBLAS:libcublas.so.13 CUBLASLT:libcublasLt.so.13 \
    CUDNN:libcudnn.so.9; do
  macro=${part%%:*} library=${part#*:} shared=
  [ "$macro" = CUDA ] || shared=$dir/libcuda.so.1
  gcc -D"$macro" -I"${CUDA_HOME:-/usr/local/cuda}/include" -O2 -w -fPIC -c -o "$dir/part.o" "$source"
  nm -D --undefined-only "$provider" | sed -n "s/^ *U \(.*\)@$library$/\1/p" | sort >"$dir/wanted"
  nm --defined-only "$dir/part.o" | awk '{print $3}' | sort >"$dir/there"
  comm -23 "$dir/wanted" "$dir/there" | awk '{print "int " $1 "(void) { return 1; }"}' >"$dir/rest.c"
  echo "$library { global: *; };" >"$dir/map" # CUDA's own symbols carry the file's name as their version
  gcc -shared -fPIC -w -Wl,-soname,"$library" -Wl,--version-script="$dir/map" -Wl,--no-as-needed \
    -o "$dir/$library" "$dir/part.o" "$dir/rest.c" $shared
  rm "$dir"/{map,wanted,there,rest.c,part.o}
done
