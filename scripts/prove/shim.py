"""Compiles the C files here that are loaded into a program (LD_PRELOAD), by the toolchain's clang."""
import os
import shutil
import subprocess


def compiled(source, folder):
    """The shared object of a C file beside this one, made in a folder."""
    clang = shutil.which('clang')
    if not clang:
        swift = shutil.which('swift')
        clang = os.path.join(os.path.dirname(os.path.realpath(swift or '/')), 'clang')
    made = os.path.join(folder, source.replace('.c', '.so'))
    subprocess.run(
        [clang, '-O2', '-fPIC', '-shared', '-o', made,
         os.path.join(os.path.dirname(os.path.abspath(__file__)), source), '-ldl'], check=True)
    return made
