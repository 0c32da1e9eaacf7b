"""What an operating system refuses, in Chinese: its own words are English, and for whoever knows its numbers."""

import errno
import socket

_SAID = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EACCES: "没有读写权限",
    errno.EPERM: "没有读写权限",
    errno.EISDIR: "这是文件夹，应为文件",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EEXIST: "已经存在",
    errno.ENOSPC: "磁盘已满",
    errno.EROFS: "磁盘只读",
    errno.EADDRINUSE: "端口已被占用",
    errno.EADDRNOTAVAIL: "本机没有这个地址",
    errno.ENAMETOOLONG: "文件名太长",
    errno.ELOOP: "路径中的链接绕成了圈",
    errno.EIO: "磁盘读写出错",
    errno.EDQUOT: "磁盘配额已用完",
    errno.EFBIG: "文件太大",
    errno.EBUSY: "正在被使用",
    errno.ETXTBSY: "正在被使用",
    errno.EMFILE: "打开的文件太多",
    errno.ENFILE: "打开的文件太多",
    errno.ENXIO: "不是可以读写的文件",
    errno.ECONNREFUSED: "对方拒绝连接",
    errno.ETIMEDOUT: "连接超时",
    errno.ENETUNREACH: "网络不通",
    errno.EHOSTUNREACH: "网络不通",
}


def in_chinese(error: OSError) -> str:
    """Return why, without the file's name; of what is not known here its number."""
    if isinstance(error, socket.gaierror):
        return "找不到这个主机名"
    return _SAID.get(error.errno or 0) or f"系统报错（编号 {error.errno}）"
