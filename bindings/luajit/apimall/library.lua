-- Finds the library, and refuses one that this binding was not made for: calling it could crash.
local ffi = require "ffi"
local cdef = require "apimall.cdef"

local function load()
  local path = os.getenv "APIMALL_LIBRARY"
  local ok, found = pcall(ffi.load, path or "apimall")
  if not ok then
    error("apimall: the library could not be loaded (" .. tostring(found) .. "). "
      .. (path and "APIMALL_LIBRARY names it: correct that path."
        or "Install libapimall where the system looks for libraries, or set APIMALL_LIBRARY to its path."), 0)
  end
  return found
end

-- Major and minor of a version.
local function release_of(version)
  local major, minor = version:match "^(%d+)%.(%d+)"
  return tonumber(major), tonumber(minor)
end

local function check(library)
  local has_version = pcall(function() return library.apimall_version end)
  if not has_version then
    error("apimall: the library that was loaded is not libapimall; check APIMALL_LIBRARY.", 0)
  end
  local version = ffi.string(library.apimall_version())
  local hash = library.apimall_abi_hash()
  local major, minor = release_of(version)
  local wanted_major, wanted_minor = release_of(cdef.version)
  if hash ~= cdef.abi_hash or major ~= wanted_major or minor < wanted_minor then
    error(("apimall: libapimall %s has the contract %s, but this binding is for apimall %s with the contract %s. "
      .. "Install the binding and the library of one release."):format(
      version, bit.tohex(hash, 16), cdef.version, bit.tohex(cdef.abi_hash, 16)), 0)
  end
  return library
end

return check(load())
