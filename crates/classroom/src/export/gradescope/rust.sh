
# The assignment has problems in Rust, so grading compiles. That takes a compiler and a linker.
missing=()
command -v cc >/dev/null || missing+=(gcc libc6-dev)
if ! command -v rustc >/dev/null; then
  command -v curl >/dev/null || missing+=(curl ca-certificates)
fi
if [ "${#missing[@]}" -gt 0 ]; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
fi
if ! command -v rustc >/dev/null; then
  # For all users, so that programs can be compiled by one who may read nothing else.
  export RUSTUP_HOME=/usr/local/rustup CARGO_HOME=/usr/local/cargo
  curl --proto '=https' --tlsv1.2 --fail --silent --show-error https://sh.rustup.rs |
    sh -s -- -y --quiet --no-modify-path --profile minimal --default-toolchain @TOOLCHAIN@
  export PATH="/usr/local/cargo/bin:$PATH"
fi
rustc --version
