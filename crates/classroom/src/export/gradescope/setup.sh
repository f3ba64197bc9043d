#!/usr/bin/env bash
# Prepares Gradescope's image, once, for grading @ASSIGNMENT@. What this prints is in the build's output.
set -euo pipefail
autograder="${AUTOGRADER:-/autograder}"
source="$autograder/source"

# Archives do not always keep what may be executed.
chmod +x "$source/descent" "$source/run_autograder"

if ! version=$("$source/descent" --version 2>&1); then
  {
    echo "descent does not start on this image:"
    echo "  $version"
    echo "The image: $(uname -sm), $(ldd --version 2>&1 | head -n 1)"
    echo "Where a version of GLIBC was not found, choose a newer base image (Configure Autograder), or build"
    echo "descent on a Linux with a glibc no newer than the image's and write the archive with that one."
    echo "Where the format is wrong, the archive was written on another kind of machine: write it on x86-64 Linux."
  } >&2
  exit 1
fi
echo "$version starts on this image."
@RUST@
# The course's secret, its private problems and the list of students are nobody's to read but the grader's.
chmod -R go= "$source"

# An empty hand-in shows now, and not on the first student's, whether this image can grade.
export PATH="/usr/local/cargo/bin:$PATH"
if [ -d /usr/local/rustup ]; then export RUSTUP_HOME=/usr/local/rustup; fi
empty=$(mktemp -d)
if ! said=$("$source/descent" course grade-one "$source/course" @NAME@ --student @STUDENT@ \
  --hand-in "$empty" --format gradescope@ISOLATION@ 2>&1); then
  {
    echo "descent starts on this image but cannot grade here. An empty hand-in gave:"
    echo "$said"
    echo "Where isolation is what is missing: containers often may not make namespaces. An archive that was"
    echo "written with isolation waived grades all the same, and names the layers that were active; read in"
    echo "the guide what that risks before you use it for marks."
  } >&2
  exit 1
fi
rmdir "$empty"
echo "An empty hand-in was graded. This image is ready."
