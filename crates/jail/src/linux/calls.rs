//! The system calls that a confined program may make.

use crate::cell::Kind;
use anyhow::Result;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, apply_filter,
};
use std::collections::BTreeMap;

/// What a computation in Rust needs: to be loaded, memory, threads, its input and output, the time and
/// chance. What is not here does not exist.
const OF_A_PROGRAM: &[i64] = &[
    libc::SYS_brk,
    libc::SYS_capget,
    libc::SYS_clock_getres,
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_close,
    libc::SYS_dup,
    libc::SYS_execve,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_faccessat,
    libc::SYS_fcntl,
    libc::SYS_fstat,
    libc::SYS_futex,
    libc::SYS_getcwd,
    libc::SYS_getegid,
    libc::SYS_geteuid,
    libc::SYS_getgid,
    libc::SYS_getpid,
    libc::SYS_getppid,
    libc::SYS_getrandom,
    libc::SYS_gettid,
    libc::SYS_getuid,
    libc::SYS_lseek,
    libc::SYS_madvise,
    libc::SYS_membarrier,
    libc::SYS_mmap,
    libc::SYS_mprotect,
    libc::SYS_mremap,
    libc::SYS_munmap,
    libc::SYS_nanosleep,
    libc::SYS_newfstatat,
    libc::SYS_openat,
    libc::SYS_ppoll,
    libc::SYS_pread64,
    libc::SYS_prlimit64,
    libc::SYS_read,
    libc::SYS_readlinkat,
    libc::SYS_readv,
    libc::SYS_restart_syscall,
    libc::SYS_rseq,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_yield,
    libc::SYS_set_robust_list,
    libc::SYS_set_tid_address,
    libc::SYS_sigaltstack,
    libc::SYS_statx,
    libc::SYS_sysinfo,
    libc::SYS_tgkill,
    libc::SYS_uname,
    libc::SYS_write,
    libc::SYS_writev,
];

/// The same where the processor has older calls besides.
#[cfg(target_arch = "x86_64")]
const OLDER: &[i64] = &[
    libc::SYS_access,
    libc::SYS_arch_prctl,
    libc::SYS_open,
    libc::SYS_poll,
    libc::SYS_readlink,
    libc::SYS_stat,
];
#[cfg(not(target_arch = "x86_64"))]
const OLDER: &[i64] = &[];

/// What even the compiler and the linker have no business with.
const NOT_OF_A_COMPILER: &[i64] = &[
    libc::SYS_acct,
    libc::SYS_add_key,
    libc::SYS_bpf,
    libc::SYS_chroot,
    libc::SYS_connect,
    libc::SYS_delete_module,
    libc::SYS_finit_module,
    libc::SYS_init_module,
    libc::SYS_io_uring_setup,
    libc::SYS_kexec_load,
    libc::SYS_keyctl,
    libc::SYS_mount,
    libc::SYS_open_by_handle_at,
    libc::SYS_perf_event_open,
    libc::SYS_pivot_root,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_ptrace,
    libc::SYS_reboot,
    libc::SYS_request_key,
    libc::SYS_setns,
    libc::SYS_socket,
    libc::SYS_swapoff,
    libc::SYS_swapon,
    libc::SYS_umount2,
    libc::SYS_unshare,
    libc::SYS_userfaultfd,
];

/// From here on this process and what becomes of it makes no other calls. To those that are not allowed the
/// system answers that it does not know them, so that libraries fall back on older ones: of clone3, whose
/// arguments a filter cannot see, to clone, whose arguments it can.
pub(super) fn filter(kind: &Kind) -> Result<()> {
    let unknown = SeccompAction::Errno(libc::ENOSYS as u32);
    let always = |calls: &[i64]| calls.iter().map(|call| (*call, Vec::new())).collect::<Vec<_>>();
    let (rules, otherwise, listed) = match kind {
        Kind::Compiler(_) => (always(NOT_OF_A_COMPILER), SeccompAction::Allow, unknown),
        Kind::Program => {
            let first_is = |how: SeccompCmpOp, value: u64| {
                let first = SeccompCondition::new(0, SeccompCmpArgLen::Qword, how, value)?;
                SeccompRule::new(vec![first])
            };
            let threads = libc::CLONE_THREAD as u64;
            let named = first_is(SeccompCmpOp::Eq, libc::PR_SET_NAME as u64)?;
            let asked = first_is(SeccompCmpOp::Eq, libc::PR_GET_NO_NEW_PRIVS as u64)?;
            let thread = first_is(SeccompCmpOp::MaskedEq(threads), threads)?;
            let mut rules = always(OF_A_PROGRAM);
            rules.extend(always(OLDER));
            rules.push((libc::SYS_clone, vec![thread]));
            // A thread's name, and the question whether privileges can be gained.
            rules.push((libc::SYS_prctl, vec![named, asked]));
            (rules, unknown, SeccompAction::Allow)
        }
    };
    let rules: BTreeMap<i64, Vec<SeccompRule>> = rules.into_iter().collect();
    let filter = SeccompFilter::new(rules, otherwise, listed, std::env::consts::ARCH.try_into()?)?;
    let program: BpfProgram = filter.try_into()?;
    Ok(apply_filter(&program)?)
}
