#include "kamacite/core/logger.hpp"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/null_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "kamacite/core/error.hpp"

namespace kamacite {

struct Logger::Sinks {
    spdlog::logger logger;
};

Logger::Logger(Voice voice) : voice_{voice} {
    spdlog::sink_ptr sink;
    if (voice == Voice::speaks) {
        sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
        sink->set_pattern("%v");
    } else {
        sink = std::make_shared<spdlog::sinks::null_sink_mt>();
    }
    sinks_ = std::make_shared<Sinks>(Sinks{spdlog::logger{"kamacite", std::move(sink)}});
    sinks_->logger.flush_on(spdlog::level::info);
}

void Logger::add_file(std::filesystem::path const& file) {
    if (voice_ == Voice::silent) return;
    try {
        auto sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(file.string());
        sink->set_pattern("%Y-%m-%dT%H:%M:%S%z %l %v");
        sinks_->logger.sinks().push_back(std::move(sink));
    } catch (spdlog::spdlog_ex const& e) {
        throw SystemError(
            fmt::format("{}: cannot be opened for the log ({})", file.string(), e.what()));
    }
}

void Logger::show_detail() {
    sinks_->logger.set_level(spdlog::level::debug);
}

void Logger::write(Level level, std::string const& text) const {
    switch (level) {
        case Level::detail:
            return sinks_->logger.debug(text);
        case Level::info:
            return sinks_->logger.info(text);
        case Level::warning:
            return sinks_->logger.warn(text);
    }
}

}  // namespace kamacite
