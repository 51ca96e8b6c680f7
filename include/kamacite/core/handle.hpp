#pragma once
#include <exception>
#include <utility>

namespace kamacite {

/// Sole owner of a C library handle.
///
/// `Traits` names the handle and how to give it back:
///
///     struct Traits {
///         using type = hid_t;
///         static type null() noexcept;
///         static void close(type) noexcept;
///         static constexpr bool collective = true;  // does close() wait for other ranks?
///     };
///
/// A collective handle is not closed while an exception unwinds the stack: the other
/// ranks may be elsewhere and close() would wait for them for ever. The program is about
/// to end in MPI_Abort (apps/run.cpp), which frees it.
template <class Traits>
class Handle {
public:
    using type = typename Traits::type;

    Handle() = default;
    explicit Handle(type raw) noexcept : raw_{raw} {}
    Handle(Handle const&) = delete;
    Handle& operator=(Handle const&) = delete;
    Handle(Handle&& other) noexcept : raw_{other.release()} {}
    Handle& operator=(Handle&& other) noexcept {
        if (this != &other) {
            close();
            raw_ = other.release();
        }
        return *this;
    }
    ~Handle() {
        bool const unwinding = std::uncaught_exceptions() > born_during_;
        if (!(Traits::collective && unwinding)) close();
    }

    [[nodiscard]] type get() const noexcept { return raw_; }
    [[nodiscard]] type release() noexcept { return std::exchange(raw_, Traits::null()); }
    [[nodiscard]] explicit operator bool() const noexcept { return raw_ != Traits::null(); }

    /// Gives the handle back now. Collective if the handle is.
    void close() noexcept {
        if (*this) Traits::close(release());
    }

private:
    type raw_ = Traits::null();
    int born_during_ = std::uncaught_exceptions();
};

}  // namespace kamacite
